import type { Knex } from "knex";

import {
  filterSql,
  foldableColumns,
  type FoldableEvent,
  historyOf,
  rowsOf,
  type Selection,
  table,
} from "../eventlog/index.ts";
import { type ChannelState, initialState } from "../live/index.ts";
import { type FoldedEvent, type FoldRules, foldStored } from "./fold-stored.ts";
import { projectSessions } from "./project-sessions.ts";
import { Sessions } from "./sessions.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";

export interface Refolded {
  state: ChannelState;
  sessions: Sessions;
  /** When the newest event was received that is not there to be folded again, only what it came to; null: all are. */
  keptFrom: Date | null;
  /** Events that turned out otherwise than the log says, and those that are folded for the first time. */
  changed: (Pick<FoldedEvent, "id" | "status" | "note"> & { appliedVersion: number | null })[];
}

/**
 * Folds a channel's history anew from its first event, or from its snapshot, interpreting every webhook again. Never
 * decides: what was decided is in the history.
 *
 * @param trx - a transaction that holds the channel's row
 * @param selection - events to fold as well that never were (`ignored`, `unrecognised`, `failed`); null: none. Their
 *   place is by id: after the last folded event that is older. What is pending, and viewers, is for the next advance.
 * @param onFolded - called now and then with how many more were folded; what it throws ends the work
 */
export async function refold(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  selection: Selection | null,
  rules: FoldRules,
  onFolded: (events: number) => void,
): Promise<Refolded> {
  const none: Late = new Map<never, never>();
  const late = selection === null ? none : await latecomers(trx, schema, channelId, selection);
  const snapshot = await readSnapshot(trx, schema, channelId);
  const history = historyOf(trx, schema, channelId, { after: snapshot?.version ?? -1 });
  return refoldHistory({ channelId, snapshot, history, late }, rules, onFolded);
}

/** Events that were never folded, by the id of the one in the history that they come after; null: before all. */
type Late = Map<number | null, FoldableEvent[]>;

/**
 * The same with a history that is read already, or while it is folded.
 *
 * @param of.history - in the order in which it was folded, after the snapshot if there is one
 */
export async function refoldHistory(
  {
    channelId,
    snapshot = null,
    history,
    late,
  }: { channelId: number; snapshot?: Snapshot | null; history: AsyncIterable<FoldableEvent>; late: Late },
  rules: FoldRules,
  onFolded: (events: number) => void,
): Promise<Refolded> {
  const refolded = foldFrom(channelId, snapshot);
  foldLate(refolded, late.get(null), snapshot === null ? 0 : snapshot.version + 1, rules);
  let folded = 0;
  for await (const stored of history) {
    foldAgain(refolded, stored, stored.appliedVersion, rules);
    foldLate(refolded, late.get(stored.id), stored.appliedVersion, rules);
    if (++folded % told === 0) onFolded(told);
  }
  onFolded(folded % told);
  return refolded;
}

/** Where folding a channel's history again begins. */
export function foldFrom(channelId: number, snapshot: Snapshot | null): Refolded {
  const { state = initialState(channelId), sessions, upTo = null } = snapshot ?? {};
  return { state, sessions: new Sessions(sessions), keptFrom: upTo, changed: [] };
}

/** Events between two words of how far it is. */
const told = 1000;

function foldLate(
  refolded: Refolded,
  events: FoldableEvent[] | undefined,
  version: number | null,
  rules: FoldRules,
): void {
  for (const stored of events ?? []) foldAgain(refolded, stored, version, rules);
}

/** @param version - of the place in history; an event that is in it keeps its place whatever becomes of it now */
export function foldAgain(refolded: Refolded, stored: FoldableEvent, version: number | null, rules: FoldRules): void {
  const { id, at, status, note, folded, event, after } = foldStored(refolded.state, stored, rules);
  refolded.state = after;
  if (event !== null) projectSessions(refolded.sessions, { at, event, after });
  const appliedVersion = folded ? version : stored.appliedVersion;
  if (status === stored.status && note === stored.note && appliedVersion === stored.appliedVersion) return;
  refolded.changed.push({ id, status, note, appliedVersion });
}

/** Selected events outside the history, at their places. */
async function latecomers(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  selection: Selection,
): Promise<Late> {
  const events = table(schema, "events");
  const rows = await rowsOf<FoldableEvent & { follows: number | null }>(
    trx,
    `select ${foldableColumns}, (
       select older.id from ${events} older
       where older.channel_id = :channelId and older.applied_version is not null and older.id < e.id
       order by older.applied_version desc, older.id desc limit 1
     ) as follows
     from ${events} e
     where e.channel_id = :channelId and e.applied_version is null
       and e.status in ('ignored', 'unrecognised', 'failed') and ${filterSql(schema, selection)}
     order by e.id`,
    { ...selection, channelId },
  );
  const late: Late = new Map();
  for (const row of rows) {
    const together = late.get(row.follows);
    if (together === undefined) late.set(row.follows, [row]);
    else together.push(row);
  }
  return late;
}
