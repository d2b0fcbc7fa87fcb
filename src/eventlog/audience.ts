import type { Knex } from "knex";

import { audienceTypes, sqlList } from "./event-types.ts";
import { rowsOf, table } from "./tables.ts";

/** Which viewers' events: these, or all of these users of one channel. */
export type Audience = { ids: number[] } | { channelId: number; uids: string[] };

/**
 * A viewer's coming and going is stored as applied and folded by nobody, so that a flood of viewers touches no
 * channel's row. If the viewer is one whom we hold for a host, or held within the last hour, the event counts: then it
 * becomes `pending` here.
 *
 * Called by both sides after their commit, for the events that came and for the users that became known.
 *
 * @returns the channels that have something to fold now
 */
export async function wakeAudience(knex: Knex, schema: string, audience: Audience): Promise<number[]> {
  const isEmpty = "ids" in audience ? audience.ids.length === 0 : audience.uids.length === 0;
  if (isEmpty) return [];
  const where =
    "ids" in audience
      ? "e.id = any(:ids)"
      : `e.channel_id = :channelId and e.type in (${sqlList(audienceTypes)})
         and e.payload #>> '{payload,uid}' = any(:uids)`;
  const sql = `
    with woken as (
      select e.id
      from ${table(schema, "events")} e
      join ${table(schema, "channels")} c on c.id = e.channel_id
      where ${where} and e.status = 'applied' and e.applied_version is null
        and c.state -> 'presence' -> (e.payload #>> '{payload,uid}') is not null
      order by e.id
      for update of e
    )
    update ${table(schema, "events")} e set status = 'pending', applied_at = null
    from woken
    where e.id = woken.id
    returning e.channel_id as "channelId"`;
  const woken = await rowsOf<{ channelId: number }>(knex, sql, { ...audience });
  return [...new Set(woken.map((event) => event.channelId))];
}
