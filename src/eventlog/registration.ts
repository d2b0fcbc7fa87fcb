import type { Knex } from "knex";

import type { ChannelRow } from "../db/index.ts";
import { initialState, type RelayMode, reservedUids } from "../live/index.ts";
import { appendWithin } from "./append-within.ts";
import { operatorEvent } from "./operator-event.ts";
import { registerChannel } from "./register-channel.ts";
import { rowsOf, table, type Tables } from "./tables.ts";

/** How a channel is to be registered; what is missing stays as it is, null clears it. */
export interface Registration {
  /** For a new channel only: 1 to 900,000,000. */
  id?: number | undefined;
  hostUserId?: string | null | undefined;
  hostUid?: number | null | undefined;
  relayMode?: RelayMode | null | undefined;
}

export interface Registered {
  channelId: number;
  /** There was no channel of this name before. */
  isNew: boolean;
}

/** A registration that can't be; nothing was changed. The message says what to do. */
export class RegistrationRefused extends Error {
  override name = "RegistrationRefused";
  readonly code: "id_taken" | "id_mismatch" | "host_uid_reserved";

  constructor(code: RegistrationRefused["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Makes a channel as it is wanted, in one transaction with the event that tells the channel so. Whoever calls this
 * claims the name's strays afterwards, and advances the channel.
 *
 * @param by - who wants it so, as lists show them
 * @throws {RegistrationRefused} if the id is another channel's, the channel has another id, or the host's uid is ours
 */
export async function registerAs(
  { knex, schema }: Tables,
  name: string,
  wanted: Registration,
  by: string,
): Promise<Registered> {
  return knex.transaction(
    async (trx) => {
      await insertIfMissing(trx, schema, name, wanted.id);
      const channel = await lockChannel(trx, schema, name);
      if (channel === null) {
        throw new RegistrationRefused(
          "id_taken",
          `Another channel has the id ${wanted.id}: give one that is free, or none.`,
        );
      }
      assertPossible(channel, wanted);
      await change(trx, schema, channel, wanted, by);
      return { channelId: channel.id, isNew: channel.isNew };
    },
    // Each statement must see what was committed before the lock that it waited for.
    { isolationLevel: "read committed" },
  );
}

type LockedChannel = Pick<ChannelRow, "id" | "name" | "host_user_id" | "host_uid" | "relay_mode" | "version"> & {
  isNew: boolean;
};

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
    `select id, name, host_user_id, host_uid, relay_mode, version, xmin = pg_current_xact_id()::xid as "isNew"
     from ${table(schema, "channels")} where name = :name for no key update`,
    { name },
  );
  return channel ?? null;
}

function assertPossible({ id, name }: LockedChannel, wanted: Registration): void {
  if (wanted.id !== undefined && wanted.id !== id) {
    throw new RegistrationRefused(
      "id_mismatch",
      `Channel ${name} has the id ${id}, and an id stays: give that, or none.`,
    );
  }
  const own = Object.values(reservedUids(id));
  if (wanted.hostUid != null && own.includes(wanted.hostUid)) {
    const message = `Uid ${wanted.hostUid} can't be the host: ${own.join(", ")} are Tally's own in this channel.`;
    throw new RegistrationRefused("host_uid_reserved", message);
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
  by: string,
): Promise<void> {
  await trx
    .withSchema(schema)
    .table("channels")
    .where({ id: channel.id })
    .update({ host_user_id: hostUserId, host_uid: hostUid, relay_mode: relayMode });
  const isKnown = channel.version > 0 && hostUid === channel.host_uid && relayMode === channel.relay_mode;
  if (isKnown) return;
  const event = { type: "ChannelRegistered", hostUid, relayMode } as const;
  await appendWithin(trx, schema, [operatorEvent(channel, event, by)]);
}
