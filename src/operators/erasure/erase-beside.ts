import type { Knex } from "knex";

import { rowsOf, table } from "../../eventlog/index.ts";
import { type ChannelState, renameInState, renameUids } from "../../live/index.ts";
import { anonymousUser, type Person, tokenOf } from "./person.ts";

/** What is erased of a person beside the log. */
export interface Beside {
  /** Calls of providers, which are for people only: deleted. */
  calls: number;
  /** Notifications that name a seller: changed. */
  notifications: number;
}

/** Erases a person from everything of a channel but its events and its state. */
export async function eraseBeside(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  person: Person,
  to: number,
): Promise<Beside> {
  const of = { channelId, uid: person.uid, token: tokenOf(person), to };
  await rowsOf(
    trx,
    `update ${table(schema, "audience")} set uid = :to where channel_id = :channelId and uid = :uid`,
    of,
  );
  await eraseFromEffects(trx, schema, of);
  await eraseFromSnapshot(trx, schema, of);
  const calls = await rowsOf(
    trx,
    `delete from ${table(schema, "provider_calls")} where channel_id = :channelId and ${mentions} returning true`,
    of,
  );
  const { userId } = person;
  if (userId === undefined) return { calls: calls.length, notifications: 0 };
  const notifications = await rowsOf(
    trx,
    `update ${table(schema, "notifications")}
     set body = jsonb_set(body::jsonb, '{data,hostUserId}', to_jsonb(:anonymous::text))::text
     where channel_id = :channelId and body::jsonb #>> '{data,hostUserId}' = :userId returning true`,
    { channelId, userId, anonymous: anonymousUser(to) },
  );
  await rowsOf(
    trx,
    `update ${table(schema, "channels")} set host_user_id = :anonymous where id = :channelId and host_user_id = :userId`,
    { channelId, userId, anonymous: anonymousUser(to) },
  );
  return { calls: calls.length, notifications: notifications.length };
}

/** SQL of calls whose row has the uid somewhere. Takes `:token`. */
export const mentions = `concat_ws(' ', path, error, request::text, response::text, attempts::text) ~ :token`;

interface Of {
  channelId: number;
  uid: number;
  token: string;
  to: number;
}

async function eraseFromEffects(trx: Knex.Transaction, schema: string, of: Of): Promise<void> {
  const rows = await rowsOf<{ id: number; payload: { hosts?: number[] } }>(
    trx,
    `select id, payload from ${table(schema, "effects")}
     where channel_id = :channelId and type = 'ArrangeHosts' and payload::text ~ :token`,
    { ...of },
  );
  const changed = rows.map(({ id, payload }) => {
    const hosts = renameUids(payload.hosts ?? [], { from: of.uid, to: of.to });
    return { id, payload: { ...payload, hosts } };
  });
  await rowsOf(
    trx,
    `update ${table(schema, "effects")} e set payload = f.payload
     from jsonb_to_recordset(:changed::jsonb) as f (id bigint, payload jsonb) where e.id = f.id`,
    { changed: JSON.stringify(changed) },
  );
}

async function eraseFromSnapshot(trx: Knex.Transaction, schema: string, { channelId, uid, to }: Of): Promise<void> {
  const [row] = await rowsOf<{ state: ChannelState }>(
    trx,
    `select state from ${table(schema, "snapshots")} where channel_id = :channelId`,
    { channelId },
  );
  if (row === undefined) return;
  const state = JSON.stringify(renameInState(row.state, { from: uid, to }));
  await rowsOf(trx, `update ${table(schema, "snapshots")} set state = :state::jsonb where channel_id = :channelId`, {
    channelId,
    state,
  });
}
