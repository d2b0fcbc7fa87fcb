import { readSessions } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import { readChannel } from "../channels/read-channel.ts";
import type { Call } from "../create-router.ts";
import { pageOf } from "../page.ts";
import { readInput } from "../read-input.ts";
import { sessionListQuery } from "./schemas.ts";

/** A channel's sessions, newest first. */
export async function listSessions(api: Api, call: Call): Promise<Answer> {
  const { after = null, limit } = readInput(sessionListQuery, call.query);
  const channel = await readChannel(api, call);
  const found = await readSessions(
    api,
    `s.channel_id = :channelId and (:after::integer is null or s.number < :after)
     order by s.number desc limit :most`,
    { channelId: channel.id, after, most: limit + 1 },
  );
  return { status: 200, body: pageOf(found, limit, (session) => session.number) };
}
