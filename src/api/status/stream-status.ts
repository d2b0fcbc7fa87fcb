import type { Response } from "express";

import type { Status } from "../../live/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import { readChannel } from "../channels/read-channel.ts";
import type { Call } from "../create-router.ts";
import type { Reader } from "./readers.ts";
import { watchStatus } from "./watch-status.ts";

export const streamHeaders = {
  "content-type": "text/event-stream",
  // nginx, and others after it, would collect events until there are enough of them.
  "x-accel-buffering": "no",
  // When the stream ends so does its connection: at a shutdown, none is kept for a next request.
  connection: "close",
};

/** The status as server-sent events: the current one, unless the client has it, and every newer one. */
export async function streamStatus(api: Api, call: Call): Promise<Answer> {
  api.readers.assertPlace();
  const { name } = await readChannel(api, call, api.statuses.find);
  const principal = call.principal();
  const after = versionOf(call.headers["last-event-id"]);
  const stream = (response: Response) => {
    const reader = api.readers.admit(response, principal);
    pour(api, { name }, after, reader).catch((error: unknown) => {
      api.log.error({ err: error, channel: name }, "status.stream_failed");
      reader.end("failed");
    });
  };
  return { status: 200, headers: streamHeaders, stream };
}

async function pour(api: Api, channel: { name: string }, after: number | undefined, reader: Reader): Promise<void> {
  // The next is asked for when the connection has taken the one before: a slow reader gets the newest, and costs no more.
  for await (const status of watchStatus(api, channel, { after, signal: reader.signal })) {
    await reader.send(eventOf(status));
  }
  reader.end("channel_gone");
}

/** What the client has, as `id` told it; undefined if that is none of ours. */
export function versionOf(lastEventId: unknown): number | undefined {
  return typeof lastEventId === "string" && /^\d{1,10}$/.test(lastEventId) ? Number(lastEventId) : undefined;
}

/** All who watch a channel are given the same object, and so the same bytes. */
const events = new WeakMap<Status, Buffer>();

function eventOf(status: Status): Buffer {
  const known = events.get(status);
  if (known !== undefined) return known;
  const event = Buffer.from(`id: ${status.version}\ndata: ${JSON.stringify(status)}\n\n`);
  events.set(status, event);
  return event;
}
