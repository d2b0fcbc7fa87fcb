import type { Response } from "express";

import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import type { Reader } from "../status/readers.ts";
import { streamHeaders } from "../status/stream-status.ts";
import type { Counts, News, OverviewChannel } from "./overview.ts";

/** All channels that matter now as server-sent events: everything there is, and what changes. */
export function streamOverview(api: Api, call: Call): Promise<Answer> {
  api.readers.assertPlace();
  const principal = call.principal();
  const stream = (response: Response) => {
    const reader = api.readers.admit(response, principal);
    pour(api, reader).catch((error: unknown) => {
      api.log.error({ err: error }, "overview.stream_failed");
      reader.end("failed");
    });
  };
  return Promise.resolve({ status: 200, headers: streamHeaders, stream });
}

/** The next is asked for when the connection has taken the one before: who is slow skips what is in between. */
async function pour({ overview }: Api, { signal, send }: Reader): Promise<void> {
  if (signal.aborted) return;
  const follower = overview.follow();
  signal.addEventListener("abort", follower.leave);
  try {
    while (!isAborted(signal)) {
      const changed = follower.changed();
      const news = follower.news();
      if (news === null) await changed;
      else await send(toEvents(news));
    }
  } finally {
    follower.leave();
  }
}

/** A function, since the compiler takes a signal to stay as it was seen last. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function toEvents({ isAll, channels, counts }: News): Buffer {
  if (isAll) return toEvent("overview", { channels, counts });
  return Buffer.concat([...channels.map(channelEvent), ...(counts === null ? [] : [countsEvent(counts)])]);
}

/** All who follow are given the same objects, and so the same bytes. */
const events = new WeakMap<object, Buffer>();
const channelEvent = (channel: OverviewChannel) => sharedEvent("channel", channel);
const countsEvent = (counts: Counts) => sharedEvent("counts", counts);

function sharedEvent(name: string, data: object): Buffer {
  const known = events.get(data);
  if (known !== undefined) return known;
  const event = toEvent(name, data);
  events.set(data, event);
  return event;
}

function toEvent(name: string, data: object): Buffer {
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
