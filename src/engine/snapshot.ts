import type { Knex } from "knex";

import { rowsOf, table } from "../eventlog/index.ts";
import type { ChannelState } from "../live/index.ts";
import type { SessionRow } from "./sessions.ts";

/** What the older part of a channel's history came to. Its events needn't be there any more. */
export interface Snapshot {
  /** History up to this version of the channel is in it; what is folded again begins after it. */
  version: number;
  /** When the newest event in it was received. */
  upTo: Date;
  /** How many events are in it. */
  events: number;
  state: ChannelState;
  /** Each session of that part as it was then: later events may change any of them. */
  sessions: readonly SessionRow[];
}

/** @returns null if all of the channel's history is in the log */
export async function readSnapshot(db: Knex, schema: string, channelId: number): Promise<Snapshot | null> {
  const [row] = await rowsOf<Omit<Snapshot, "sessions">>(
    db,
    `select version, up_to as "upTo", events, state from ${table(schema, "snapshots")} where channel_id = :channelId`,
    { channelId },
  );
  if (row === undefined) return null;
  const sessions = await rowsOf<{ session: SessionRow }>(
    db,
    `select session from ${table(schema, "snapshot_sessions")} where channel_id = :channelId order by number`,
    { channelId },
  );
  return { ...row, sessions: sessions.map(({ session }) => session) };
}

/**
 * Moves a channel's snapshot on, in the transaction that deletes the events which it holds.
 *
 * @param before - the one that it goes out from, so that only sessions that differ are written
 */
export async function saveSnapshot(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  { version, upTo, events, state, sessions }: Snapshot,
  before: Snapshot | null,
): Promise<void> {
  await rowsOf(
    trx,
    `insert into ${table(schema, "snapshots")} (channel_id, version, up_to, events, state)
     values (:channelId, :version, :upTo, :events, :state::jsonb)
     on conflict (channel_id) do update set version = excluded.version, up_to = excluded.up_to,
       events = excluded.events, state = excluded.state, taken_at = clock_timestamp()`,
    { channelId, version, upTo, events, state: JSON.stringify(state) },
  );
  const known = new Set(before?.sessions);
  const changed = sessions.filter((row) => !known.has(row));
  await rowsOf(
    trx,
    `insert into ${table(schema, "snapshot_sessions")} (channel_id, number, session)
     select :channelId, (session ->> 'number')::integer, session
     from jsonb_array_elements(:sessions::jsonb) as s (session)
     on conflict (channel_id, number) do update set session = excluded.session`,
    { channelId, sessions: JSON.stringify(changed) },
  );
}
