import type { Knex } from "knex";

import { rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { type ChannelState, isPresent } from "../../live/index.ts";
import { mentions } from "./erase-beside.ts";
import { type Person, tokenOf } from "./person.ts";

/** Channels in which a person may be found, by number. */
export async function channelsWith({ knex, schema }: Tables, person: Person): Promise<number[]> {
  const inState = (column: string) =>
    `(${column} -> 'presence' -> :uidText is not null or ${column} ->> 'hostUid' = :uidText)`;
  const rows = await rowsOf<{ id: number }>(
    knex,
    `select c.id from ${table(schema, "channels")} c
     where (:channel::text is null or c.name = :channel) and (
       c.host_uid = :uid or c.host_user_id = :userId or ${inState("c.state")}
       or c.id in (select channel_id from ${table(schema, "events")} where payload::text ~ :token or raw ~ :token)
       or c.id in (select channel_id from ${table(schema, "snapshots")} s where ${inState("s.state")})
       or c.id in (select channel_id from ${table(schema, "audience")} where uid = :uid)
       or c.id in (select channel_id from ${table(schema, "provider_calls")} where ${mentions})
       or c.id in (select channel_id from ${table(schema, "notifications")}
         where body::jsonb #>> '{data,hostUserId}' = :userId)
     ) order by c.id`,
    valuesOf(person),
  );
  return rows.map(({ id }) => id);
}

/**
 * Why a person can't be erased from a channel now. A host who is here would never leave it under another number.
 *
 * @returns null if they can
 */
export async function hindranceIn(
  db: Knex,
  schema: string,
  { id, name, state }: { id: number; name: string; state: ChannelState },
  { uid }: Person,
): Promise<string | null> {
  const entry = state.presence[uid];
  const isHere = entry !== undefined && isPresent(state, entry);
  if (isHere || (await isViewer(db, schema, id, uid))) {
    return `they are in ${name} as far as is known; "tally channels catch-up ${name}" asks Agora`;
  }
  const isOpen = state.session !== null && state.session.closedAt === null;
  return isOpen && state.hostUid === uid ? `the broadcast of ${name}, whose host they are, goes on` : null;
}

/** Of an open session's audience. */
async function isViewer(db: Knex, schema: string, channelId: number, uid: number): Promise<boolean> {
  const rows = await rowsOf(
    db,
    `select from ${table(schema, "audience")} a join ${table(schema, "viewer_counts")} v using (channel_id)
     where a.channel_id = :channelId and a.uid = :uid and a.newest[2] = 0 and a.newest[3] >= v.ended_ts`,
    { channelId, uid },
  );
  return rows.length > 0;
}

function valuesOf({ uid, userId, channel }: Person) {
  const token = tokenOf({ uid });
  return { uid, uidText: String(uid), token, userId: userId ?? null, channel: channel ?? null };
}
