import type { Knex } from "knex";

import type { Route } from "./new-event.ts";
import type { EventStatus } from "./stored-event.ts";
import { rowsOf, table } from "./tables.ts";

export interface AttachedEvent {
  id: number;
  channelId: number;
  status: EventStatus;
}

/** Which events to look at: these, those of one route, or the oldest of all that still wait for a channel. */
export type Strays = { ids: number[] } | { route: Route } | { waiting: number };

/**
 * Gives events without a channel the channel that their route leads to, if there is one. One that waited for more than
 * an hour is shown with its channel but not acted upon: `ignored`.
 *
 * Rows are locked in the order of their ids, so that two that claim the same events don't deadlock.
 */
export async function attachEvents(knex: Knex, schema: string, strays: Strays): Promise<AttachedEvent[]> {
  if ("ids" in strays && strays.ids.length === 0) return [];
  const { where, limit, values } = selection(strays);
  const sql = `
    with claimed as (
      select e.id, mapped.channel_id
      from ${table(schema, "events")} e
      cross join lateral (
        select c.id as channel_id from ${table(schema, "channels")} c
        where e.route_kind = 'channel' and c.name = e.route_key
        union all
        select c.id from ${table(schema, "channels")} c
        where e.route_kind = 'live_input' and c.stream_key_id = e.route_key
        union all
        select s.channel_id from ${table(schema, "sessions")} s
        where e.route_kind = 'video' and s.video_uids @> array[e.route_key]
        union all
        select s.channel_id from ${table(schema, "sessions")} s
        where e.route_kind = 'converter' and s.recording_sids @> array[e.route_key]
        limit 1
      ) mapped
      where e.channel_id is null and e.route_kind is not null and ${where}
      order by e.id ${limit}
      for update of e
    )
    update ${table(schema, "events")} e
    set channel_id = claimed.channel_id,
      status = case when ${isTooOld} then 'ignored' else e.status end,
      note = case when ${isTooOld} then 'its channel became known more than an hour later' else e.note end
    from claimed
    where e.id = claimed.id
    returning e.id, e.channel_id as "channelId", e.status`;
  return rowsOf<AttachedEvent>(knex, sql, values);
}

const isTooOld = "e.status = 'pending' and e.received_at < clock_timestamp() - interval '1 hour'";

function selection(strays: Strays): { where: string; limit: string; values: Record<string, unknown> } {
  if ("ids" in strays) return { where: "e.id = any(:ids)", limit: "", values: { ids: strays.ids } };
  if ("route" in strays) {
    const { kind, key } = strays.route;
    return { where: "e.route_kind = :kind and e.route_key = :key", limit: "", values: { kind, key } };
  }
  return { where: "e.status = 'pending'", limit: "limit :most", values: { most: strays.waiting } };
}
