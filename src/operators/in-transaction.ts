import type { Knex } from "knex";

import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { ChannelState } from "../live/index.ts";

/**
 * Does some work in one transaction. Not at the server's default level, whatever that is: each statement must see what
 * was committed before the lock that it waited for.
 */
export function inTransaction<T>({ knex }: Tables, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return knex.transaction(work, { isolationLevel: "read committed" });
}

/** Locks a channel until the transaction ends, and reads its state. */
export async function lockState(trx: Knex.Transaction, schema: string, channelId: number): Promise<ChannelState> {
  return selectState(trx, schema, channelId, "for no key update");
}

/** A channel's state as it is now. */
export async function readState({ knex, schema }: Tables, channelId: number): Promise<ChannelState> {
  return selectState(knex, schema, channelId, "");
}

async function selectState(db: Knex, schema: string, channelId: number, lock: string): Promise<ChannelState> {
  const sql = `select state from ${table(schema, "channels")} where id = :channelId ${lock}`;
  const [row] = await rowsOf<{ state: ChannelState }>(db, sql, { channelId });
  if (row === undefined) throw new Error(`channel ${channelId} is gone`);
  return row.state;
}
