import type { Knex } from "knex";

import { foldableColumns, type FoldableEvent, historyOf, rowsOf, table } from "../eventlog/index.ts";
import { type ChannelState, initialState } from "../live/index.ts";
import { type FoldedEvent, type FoldRules, foldStored } from "./fold-stored.ts";
import { projectSessions, type Sessions } from "./project-sessions.ts";

export interface Refolded {
  state: ChannelState;
  sessions: Sessions;
  /** Events that turned out otherwise than the log says, and those that are folded for the first time. */
  changed: (Pick<FoldedEvent, "id" | "status" | "note"> & { appliedVersion: number | null })[];
}

/**
 * Folds a channel's history anew from its first event, interpreting every webhook again. Never decides: what was decided
 * is in the history.
 *
 * @param trx - a transaction that holds the channel's row
 * @param selected - ids of events to fold as well that never were (`ignored`, `unrecognised`, `failed`). Their place is
 *   by id: after the last folded event that is older. What is pending, and viewers, is for the next advance.
 */
export async function refold(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  selected: number[],
  rules: FoldRules,
): Promise<Refolded> {
  const late = await latecomers(trx, schema, channelId, selected);
  const refolded: Refolded = { state: initialState(channelId), sessions: new Map(), changed: [] };
  foldLate(refolded, late.get(null), 0, rules);
  for await (const stored of historyOf(trx, schema, channelId)) {
    fold(refolded, stored, stored.appliedVersion, rules);
    foldLate(refolded, late.get(stored.id), stored.appliedVersion, rules);
  }
  return refolded;
}

function foldLate(
  refolded: Refolded,
  events: FoldableEvent[] | undefined,
  version: number | null,
  rules: FoldRules,
): void {
  for (const stored of events ?? []) fold(refolded, stored, version, rules);
}

/** @param version - of the place in history; an event that is in it keeps its place whatever becomes of it now */
function fold(refolded: Refolded, stored: FoldableEvent, version: number | null, rules: FoldRules): void {
  const { id, at, status, note, folded, event, after } = foldStored(refolded.state, stored, rules);
  refolded.state = after;
  if (event !== null) projectSessions(refolded.sessions, { at, event, after });
  const appliedVersion = folded ? version : stored.appliedVersion;
  if (status === stored.status && note === stored.note && appliedVersion === stored.appliedVersion) return;
  refolded.changed.push({ id, status, note, appliedVersion });
}

/** Selected events outside the history, by the id of the one that they come after; null: before all. */
async function latecomers(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  selected: number[],
): Promise<Map<number | null, FoldableEvent[]>> {
  const events = table(schema, "events");
  const rows = await rowsOf<FoldableEvent & { follows: number | null }>(
    trx,
    `select ${foldableColumns}, (
       select older.id from ${events} older
       where older.channel_id = :channelId and older.applied_version is not null and older.id < e.id
       order by older.applied_version desc, older.id desc limit 1
     ) as follows
     from ${events} e
     where e.channel_id = :channelId and e.id = any(:selected::bigint[]) and e.applied_version is null
       and e.status in ('ignored', 'unrecognised', 'failed')
     order by e.id`,
    { channelId, selected },
  );
  const late = new Map<number | null, FoldableEvent[]>();
  for (const row of rows) late.set(row.follows, [...(late.get(row.follows) ?? []), row]);
  return late;
}
