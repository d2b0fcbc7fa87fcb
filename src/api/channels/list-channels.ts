import type { z } from "zod";

import type { ChannelRow } from "../../db/index.ts";
import { rowsOf, table } from "../../eventlog/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { type Page, pageOf } from "../page.ts";
import { type Principal, reachCondition } from "../principal.ts";
import { readInput } from "../read-input.ts";
import { type ChannelAnswer, channelListQuery } from "../schemas.ts";
import { toChannelAnswer } from "./read-channel.ts";

/** The caller's channels by name; `?active=true` for those with an open session. */
export async function listChannels(api: Api, { query, principal }: Call): Promise<Answer> {
  return { status: 200, body: await findChannels(api, principal(), readInput(channelListQuery, query)) };
}

/** One page of the channels that are there for somebody. */
export async function findChannels(
  api: Api,
  principal: Principal,
  { active, after, limit }: z.infer<typeof channelListQuery>,
): Promise<Page<ChannelAnswer, string>> {
  const reached = reachCondition(principal, "c");
  const rows = await rowsOf<ChannelRow>(
    api.knex,
    `select c.* from ${table(api.schema, "channels")} c
     where (:active::boolean is null or c.is_active = :active) and (:after::text is null or c.name > :after)
       and ${reached.sql}
     order by c.name limit :most`,
    { active: active ?? null, after: after ?? null, most: limit + 1, ...reached.values },
  );
  const found = rows.map((channel) => toChannelAnswer(channel, api));
  return pageOf(found, limit, (channel) => channel.name);
}
