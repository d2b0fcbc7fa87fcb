import type { Knex } from "knex";

import { rowsOf, table } from "../eventlog/index.ts";
import { type Announced, type ChannelState, decisionKey, evolve } from "../live/index.ts";
import type { Decided } from "./decide-all.ts";
import type { FoldRules } from "./fold-stored.ts";

/**
 * Decides to tell of videos that can be watched since these events, each of a session once. Not in the core of a channel,
 * since its state knows no videos: what was told of them is looked up in the log.
 *
 * @param videos - ready ones that a session has now
 * @param now - milliseconds, database's clock
 */
export async function announceVideos(
  trx: Knex.Transaction,
  schema: string,
  videos: { session: number; video: string }[],
  { state, now, policy }: { state: ChannelState; now: number } & Pick<FoldRules, "policy">,
): Promise<Decided[]> {
  const decided: Decided[] = [];
  let after = state;
  for (const video of videos) {
    const event: Announced = { type: "Announced", notification: "video.ready", ...video };
    if (await isInLog(trx, schema, decisionKey(state.channelId, event))) continue;
    after = evolve(after, { at: now, event }, policy).state;
    decided.push({ at: now, event, after });
  }
  return decided;
}

async function isInLog(trx: Knex.Transaction, schema: string, key: string): Promise<boolean> {
  const rows = await rowsOf(
    trx,
    `select from ${table(schema, "events")} where source = 'tally' and dedupe_key = :key`,
    { key },
  );
  return rows.length > 0;
}
