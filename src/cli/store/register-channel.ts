import type { Knex } from "knex";

import type { ChannelRow } from "../../db/index.ts";
import { registerChannel, rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { initialState, type RelayMode, reservedUids } from "../../live/index.ts";
import { Failure } from "../failure.ts";
import { askFor } from "./ask-for.ts";
import { inTransaction } from "./in-transaction.ts";

/** How a channel is to be registered; what is missing stays as it is, null clears it. */
export interface Registration {
  id?: number;
  hostUid?: number | null;
  hostUserId?: string | null;
  relayMode?: RelayMode | null;
}

/**
 * Makes a channel as it is wanted, in one transaction with the event that tells it so. Whoever calls this claims the
 * name's strays afterwards, and advances the channel.
 *
 * @returns the channel's id
 * @throws {Failure} if the id is another channel's, the channel has another id, or the host's uid is one of ours
 */
export function registerChannelAs(tables: Tables, name: string, wanted: Registration): Promise<number> {
  const { schema } = tables;
  return inTransaction(tables, async (trx) => {
    if (wanted.id === undefined) await registerChannel({ knex: trx, schema }, name);
    else await insertIfFree(trx, schema, wanted.id, name);
    const channel = await lockByName(trx, schema, name);
    if (channel === null) throw new Failure(`Another channel has the id ${wanted.id}: give one that is free, or none.`);
    assertPossible(channel, wanted);

    const { hostUid = channel.host_uid, hostUserId = channel.host_user_id, relayMode = channel.relay_mode } = wanted;
    await rowsOf(
      trx,
      `update ${table(schema, "channels")}
       set host_uid = :hostUid, host_user_id = :hostUserId, relay_mode = :relayMode where id = :id`,
      { id: channel.id, hostUid, hostUserId, relayMode },
    );
    // Of a channel at version 0 nothing is known yet, not even that it was registered.
    if (channel.version === 0 || hostUid !== channel.host_uid || relayMode !== channel.relay_mode) {
      await askFor(trx, schema, channel, { type: "ChannelRegistered", hostUid, relayMode });
    }
    return channel.id;
  });
}

async function insertIfFree(trx: Knex.Transaction, schema: string, id: number, name: string): Promise<void> {
  await rowsOf(
    trx,
    `insert into ${table(schema, "channels")} (id, name, state) values (:id, :name, :state::jsonb)
     on conflict do nothing`,
    { id, name, state: JSON.stringify(initialState(id)) },
  );
}

async function lockByName(trx: Knex.Transaction, schema: string, name: string): Promise<ChannelRow | null> {
  const sql = `select * from ${table(schema, "channels")} where name = :name for no key update`;
  const [channel] = await rowsOf<ChannelRow>(trx, sql, { name });
  return channel ?? null;
}

function assertPossible({ id, name }: ChannelRow, wanted: Registration): void {
  if (wanted.id !== undefined && wanted.id !== id) {
    throw new Failure(`Channel ${name} has the id ${id}, and an id stays: give that, or none.`);
  }
  const own = Object.values(reservedUids(id));
  if (wanted.hostUid != null && own.includes(wanted.hostUid)) {
    throw new Failure(`Uid ${wanted.hostUid} can't be the host: ${own.join(", ")} are Tally's own in this channel.`);
  }
}
