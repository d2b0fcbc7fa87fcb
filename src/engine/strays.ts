import {
  type Arrival,
  attachEvents,
  hostTypes,
  resolveRoutes,
  type Routing,
  rowsOf,
  table,
  type Tables,
} from "../eventlog/index.ts";

const most = 500;

/**
 * Looks again for the channels of events that have none: what a process that died between an event's commit and its
 * look-up, or between a mapping and its claim, has left undone. What nobody claimed within an hour is ignored.
 *
 * @returns the channels that have something to fold
 */
export async function sweepStrays(tables: Tables, routing: Routing): Promise<number[]> {
  const { knex, schema } = tables;
  const attached = await attachEvents(knex, schema, { waiting: most });
  const channelIds = new Set(attached.filter(({ status }) => status === "pending").map(({ channelId }) => channelId));
  if (routing.channelPolicy === "auto") {
    const { channelIds: registered } = await resolveRoutes(tables, routing, await unregisteredHosts(tables));
    for (const channelId of registered) channelIds.add(channelId);
  }
  await ignoreOld(tables);
  return [...channelIds];
}

/** Events about hosts of channels that should have been registered by them. */
async function unregisteredHosts({ knex, schema }: Tables): Promise<Arrival[]> {
  return rowsOf<Arrival>(
    knex,
    `select id, type, jsonb_build_object('kind', route_kind, 'key', route_key) as route
     from ${table(schema, "events")}
     where channel_id is null and status = 'pending' and route_kind = 'channel' and type = any(:hostTypes)
       and received_at > clock_timestamp() - interval '1 hour'
     order by id limit ${most}`,
    { hostTypes },
  );
}

async function ignoreOld({ knex, schema }: Tables): Promise<void> {
  await knex.raw(
    `update ${table(schema, "events")} set status = 'ignored', note = 'no channel claimed it within an hour'
     where id in (
       select id from ${table(schema, "events")}
       where channel_id is null and status = 'pending' and route_kind is not null
         and received_at < clock_timestamp() - interval '1 hour'
       order by id limit ${most} for update skip locked
     )`,
  );
}
