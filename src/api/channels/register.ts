import type { Knex } from "knex";

import type { ChannelRow } from "../../db/index.ts";
import { appendWithin, registerChannel, rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { initialState, reservedUids } from "../../live/index.ts";
import { operatorEvent } from "../operator-event.ts";
import { Problem } from "../problem.ts";
import { invalidRequest } from "../read-input.ts";
import type { Registration } from "../schemas.ts";

export interface Registered {
  channelId: number;
  /** It had no channel of this name before. */
  isNew: boolean;
}

/**
 * Makes a channel as the app wants it, in one transaction with the event that tells the channel so. Whoever calls it
 * claims the name's strays afterwards, and advances the channel.
 *
 * @throws {Problem} `channel_id_taken`, `channel_id_mismatch`, or `invalid_request` for a host uid that is Tally's own
 */
export async function register({ knex, schema }: Tables, name: string, wanted: Registration): Promise<Registered> {
  return knex.transaction(
    async (trx) => {
      await insertIfMissing(trx, schema, name, wanted.id);
      const channel = await lockChannel(trx, schema, name);
      if (channel === null) throw idTaken(wanted.id);
      assertPossible(channel, wanted);
      await change(trx, schema, channel, wanted);
      return { channelId: channel.id, isNew: channel.isNew };
    },
    { isolationLevel: "read committed" },
  );
}

type LockedChannel = Pick<ChannelRow, "id" | "name" | "host_user_id" | "host_uid" | "relay_mode"> & { isNew: boolean };

/** Leaves no row if the name is new and the id is another channel's. */
async function insertIfMissing(trx: Knex.Transaction, schema: string, name: string, id?: number): Promise<void> {
  if (id === undefined) await registerChannel({ knex: trx, schema }, name);
  else {
    const state = JSON.stringify(initialState(id));
    await trx.withSchema(schema).table("channels").insert({ id, name, state }).onConflict().ignore();
  }
}

/** A row that this transaction inserted, and no other, carries its id. */
async function lockChannel(trx: Knex.Transaction, schema: string, name: string): Promise<LockedChannel | null> {
  const [channel] = await rowsOf<LockedChannel>(
    trx,
    `select id, name, host_user_id, host_uid, relay_mode, xmin = pg_current_xact_id()::xid as "isNew"
     from ${table(schema, "channels")} where name = :name for no key update`,
    { name },
  );
  return channel ?? null;
}

function idTaken(id: number | undefined): Problem {
  return new Problem("channel_id_taken", `Another channel has the id ${id}: give one that is free, or none.`);
}

function assertPossible(channel: LockedChannel, { id, hostUid }: Registration): void {
  if (id !== undefined && id !== channel.id) {
    throw new Problem(
      "channel_id_mismatch",
      `This channel's id is ${channel.id}, and an id stays: give that, or none.`,
    );
  }
  const own = Object.values(reservedUids(channel.id));
  if (typeof hostUid === "number" && own.includes(hostUid)) {
    throw invalidRequest([
      { path: "hostUid", message: `must be none of ${own.join(", ")}, which are Tally's own uids in this channel` },
    ]);
  }
}

/**
 * Changes what differs. `updated_at` stays: it is that of the state, which only an event changes, and a status of one
 * version must not have two of it.
 */
async function change(
  trx: Knex.Transaction,
  schema: string,
  channel: LockedChannel,
  { hostUserId = channel.host_user_id, hostUid = channel.host_uid, relayMode = channel.relay_mode }: Registration,
): Promise<void> {
  await trx
    .withSchema(schema)
    .table("channels")
    .where({ id: channel.id })
    .update({ host_user_id: hostUserId, host_uid: hostUid, relay_mode: relayMode });
  if (!channel.isNew && hostUid === channel.host_uid && relayMode === channel.relay_mode) return;
  await appendWithin(trx, schema, [operatorEvent(channel, { type: "ChannelRegistered", hostUid, relayMode })]);
}
