import type { ChannelRow } from "../../db/index.ts";
import { rowsOf, table } from "../../eventlog/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { pageOf } from "../page.ts";
import { readInput } from "../read-input.ts";
import { channelListQuery } from "../schemas.ts";
import { toChannelAnswer } from "./read-channel.ts";

/** Channels by name; `?active=true` for those with an open session. */
export async function listChannels(api: Api, { query }: Call): Promise<Answer> {
  const { active = null, after = null, limit } = readInput(channelListQuery, query);
  const rows = await rowsOf<ChannelRow>(
    api.knex,
    `select * from ${table(api.schema, "channels")}
     where (:active::boolean is null or is_active = :active) and (:after::text is null or name > :after)
     order by name limit :most`,
    { active, after, most: limit + 1 },
  );
  const found = rows.map((channel) => toChannelAnswer(channel, api));
  return { status: 200, body: pageOf(found, limit, (channel) => channel.name) };
}
