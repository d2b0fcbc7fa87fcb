import { retryConflicts, rowsOf, table, type Tables } from "../../eventlog/index.ts";
import type { FoldRules } from "../fold-stored.ts";
import { cutHistory } from "./cut-history.ts";
import { batchRows, deleteByRule, deleteUnfolded, deleteViewers } from "./delete-rows.ts";
import { type Kind, peopleDays, rulesFor } from "./rules.ts";

export interface RetentionRules extends Tables, FoldRules {
  /** How long events are kept; null: for ever. */
  eventsDays: number | null;
}

/** What one small transaction deleted. */
export interface Deleted {
  kind: Kind;
  rows: number;
}

/** Events of one channel in one transaction, which holds its row meanwhile: 0.1 s on two busy cores. */
const historyMost = 200;

/**
 * Deletes what is too old, step by step, each in a transaction of its own. It may end after any of them: what is left is
 * found by the next. Two at a time only share the work.
 */
export async function* deleteOld(rules: RetentionRules): AsyncGenerator<Deleted> {
  const { schema, eventsDays } = rules;
  for (const rule of rulesFor(schema)) yield* batches(rule.kind, () => deleteByRule(rules, rule));
  yield* deleteOldViewers(rules, await daysAgo(rules, viewerDays(rules)));
  if (eventsDays === null) return;
  const before = await daysAgo(rules, eventsDays);
  yield* batches("events", () => deleteUnfolded(rules, before));
  for (const channelId of await channelsWithHistoryBefore(rules, before)) {
    yield* deleteHistory(rules, channelId, before);
  }
}

/** Nobody folds them, so they aren't kept for longer than what is for people. */
export function viewerDays({ eventsDays }: Pick<RetentionRules, "eventsDays">): number {
  return Math.min(eventsDays ?? peopleDays, peopleDays);
}

async function* batches(kind: Kind, deleteBatch: () => Promise<number>): AsyncGenerator<Deleted> {
  for (let rows = batchRows; rows >= batchRows;) {
    rows = await deleteBatch();
    if (rows > 0) yield { kind, rows };
  }
}

async function* deleteOldViewers(rules: RetentionRules, before: Date): AsyncGenerator<Deleted> {
  for (let more = true; more;) {
    const page = await deleteViewers(rules, before);
    ({ more } = page);
    // Also of a page without any: it took its time.
    yield { kind: "viewers", rows: page.deleted };
  }
}

async function* deleteHistory(rules: RetentionRules, channelId: number, before: Date): AsyncGenerator<Deleted> {
  const { knex, schema } = rules;
  for (let more = true; more;) {
    const cut = await retryConflicts(() =>
      knex.transaction((trx) => cutHistory(trx, schema, channelId, { before, most: historyMost }, rules), {
        isolationLevel: "read committed",
      }),
    );
    ({ more } = cut);
    if (cut.effects > 0) yield { kind: "effects", rows: cut.effects };
    if (cut.events > 0) yield { kind: "events", rows: cut.events };
  }
}

/** Channels of whose history some may be too old, by number. */
export async function channelsWithHistoryBefore({ knex, schema }: Tables, before: Date): Promise<number[]> {
  const rows = await rowsOf<{ channelId: number }>(
    knex,
    `select distinct channel_id as "channelId" from ${table(schema, "events")}
     where received_at < :before and applied_version is not null and channel_id is not null order by 1`,
    { before },
  );
  return rows.map(({ channelId }) => channelId);
}

/** By the database's clock. */
export async function daysAgo({ knex }: Tables, days: number): Promise<Date> {
  const sql = "select clock_timestamp() - make_interval(days => :days) as at";
  const [row] = await rowsOf<{ at: Date }>(knex, sql, { days });
  return row?.at ?? new Date(0);
}
