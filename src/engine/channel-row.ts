import type { Knex } from "knex";

import { announce, rowsOf, table } from "../eventlog/index.ts";
import type { ChannelState, RelayMode } from "../live/index.ts";
import type { TraceContext } from "../traces/index.ts";
import { projectChannel } from "./project-channel.ts";

/** What advancing needs of a channel's row. */
export interface ChannelRow {
  id: number;
  name: string;
  state: ChannelState;
  version: number;
  wakeAt: Date | null;
  updatedAt: Date;
  /** The advance that it came of, if that was traced. */
  trace: TraceContext | null;
}

/**
 * Locks a channel until the transaction ends. Not `for update`: that would also hold up every insert of an event that
 * refers to the channel, since a foreign key takes a key share lock.
 *
 * @param options.skipLocked - don't wait if another process has it
 * @returns null if there is no such channel, or it is locked and was to be skipped
 */
export async function lockChannel(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  options: { skipLocked?: boolean } = {},
): Promise<ChannelRow | null> {
  const lock = `for no key update ${options.skipLocked === true ? "skip locked" : ""}`;
  return selectChannel(trx, schema, channelId, lock);
}

/** A channel as it is now, without a lock. */
export async function readChannel(db: Knex, schema: string, channelId: number): Promise<ChannelRow | null> {
  return selectChannel(db, schema, channelId, "");
}

async function selectChannel(db: Knex, schema: string, channelId: number, lock: string): Promise<ChannelRow | null> {
  const [row] = await rowsOf<ChannelRow>(
    db,
    `select id, name, state, version, wake_at as "wakeAt", updated_at as "updatedAt", trace
     from ${table(schema, "channels")} where id = :channelId ${lock}`,
    { channelId },
  );
  return row ?? null;
}

/** Saves a channel's new state, at its new version, with the columns that follow from it, and says so to all processes. */
export async function saveChannel(
  trx: Knex.Transaction,
  schema: string,
  channel: Omit<ChannelRow, "wakeAt" | "updatedAt"> & { now: number; wakeAt: number | null },
  defaultMode: RelayMode,
): Promise<void> {
  const { id, name, state, version, now, wakeAt, trace } = channel;
  const columns = projectChannel(state, { channel: name, version, updatedAt: now, defaultMode });
  await trx
    .withSchema(schema)
    .table("channels")
    .where({ id })
    .update({ ...columns, state: JSON.stringify(state), version, wake_at: iso(wakeAt), updated_at: iso(now), trace });
  await announce(trx, schema, { name, version });
}

/** Sets when the channel is looked at again, if that is all that changed. */
export async function saveWakeAt(
  trx: Knex.Transaction,
  schema: string,
  channel: ChannelRow,
  wakeAt: number | null,
): Promise<void> {
  if ((channel.wakeAt?.getTime() ?? null) === wakeAt) return;
  await trx
    .withSchema(schema)
    .table("channels")
    .where({ id: channel.id })
    .update({ wake_at: iso(wakeAt) });
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
