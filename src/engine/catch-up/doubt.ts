import type { Knex } from "knex";

import { appendWithin, rowsOf, table } from "../../eventlog/index.ts";
import type { PresenceDoubted } from "../../live/index.ts";

export interface Doubtable {
  id: number;
  name: string;
}

/** The channels of these names that are ours. */
export function knownChannels(db: Knex, schema: string, names: string[]): Promise<Doubtable[]> {
  const sql = `select id, name from ${table(schema, "channels")} where name = any(:names::text[]) order by id`;
  return rowsOf<Doubtable>(db, sql, { names });
}

/** The channels in which we believe a host, or have an open session. */
export function believedChannels(db: Knex, schema: string): Promise<Doubtable[]> {
  return rowsOf<Doubtable>(
    db,
    `select id, name from ${table(schema, "channels")}
     where is_active or state #>> '{host,present}' = 'true' order by id`,
  );
}

/**
 * Tells channels that who is in them is in doubt, each once per catch-up however often it is tried. Whoever commits this
 * advances them.
 *
 * @returns how many were told now and not before
 */
export async function doubtPresence(
  trx: Knex.Transaction,
  schema: string,
  { id, why }: { id: number; why: PresenceDoubted["why"] },
  channels: Doubtable[],
): Promise<number> {
  const payload: PresenceDoubted = { type: "PresenceDoubted", why };
  const appended = await appendWithin(
    trx,
    schema,
    channels.map((channel) => ({
      source: "tally",
      dedupeKey: `catch-up:${id}:${channel.id}`,
      type: payload.type,
      route: { kind: "channel", key: channel.name },
      channelId: channel.id,
      occurredAt: null,
      payload,
      raw: null,
      bodySha256: null,
      headers: null,
    })),
  );
  return appended.filter(({ duplicate }) => !duplicate).length;
}
