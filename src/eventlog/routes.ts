import { attachEvents } from "./attach-events.ts";
import { wakeAudience } from "./audience.ts";
import { audienceTypes, hostTypes } from "./event-types.ts";
import type { Route } from "./new-event.ts";
import { registerChannel } from "./register-channel.ts";
import { rowsOf, table, type Tables } from "./tables.ts";

/** How an event finds its channel. */
export interface Routing {
  /** `auto`: an event about a host registers its channel. `registered`: only the app does. */
  channelPolicy: "auto" | "registered";
}

/** An event that was just committed. */
export interface Arrival {
  id: number;
  type: string;
  route: Route | null;
}

export interface Resolved {
  /** Channels that have something to fold. */
  channelIds: number[];
  /** Whether events came that belong to no channel. */
  unrouted: boolean;
}

/**
 * Finds the channels of events, after their commit. Whoever commits a new mapping looks for its events after its own
 * commit (`claimStrays`), so that between the two none is missed (measured: of two that both look before their commit,
 * one event in three stays behind; of two that look after it, none).
 */
export async function resolveRoutes(tables: Tables, routing: Routing, arrivals: Arrival[]): Promise<Resolved> {
  const { knex, schema } = tables;
  const routed = arrivals.filter((arrival) => arrival.route !== null);
  const touched = new Set<number>();
  const attached = await attachEvents(knex, schema, { ids: routed.map((arrival) => arrival.id) });
  for (const event of attached) if (event.status === "pending") touched.add(event.channelId);

  for (const name of await unknownChannels(tables, routing, arrivals)) {
    await registerChannel(tables, name);
    for (const channelId of await claimStrays(tables, { kind: "channel", key: name })) touched.add(channelId);
  }

  const audience = routed.filter((arrival) => audienceTypes.includes(arrival.type)).map((arrival) => arrival.id);
  for (const channelId of await wakeAudience(knex, schema, { ids: audience })) touched.add(channelId);
  return { channelIds: [...touched], unrouted: routed.length < arrivals.length };
}

/**
 * Gives a route's stray events to the channel that it leads to now. To be called after the commit of whatever made the
 * route known: a registration, a live input, a converter, a video.
 *
 * @returns the channels that have something to fold now
 */
export async function claimStrays({ knex, schema }: Tables, route: Route): Promise<number[]> {
  const attached = await attachEvents(knex, schema, { route });
  return [...new Set(attached.filter((event) => event.status === "pending").map((event) => event.channelId))];
}

/** Channels that events about hosts should register: those whose events have no channel still. */
async function unknownChannels(
  { knex, schema }: Tables,
  { channelPolicy }: Routing,
  arrivals: Arrival[],
): Promise<string[]> {
  const hosts = arrivals.filter(({ type, route }) => route?.kind === "channel" && hostTypes.includes(type));
  if (channelPolicy !== "auto" || hosts.length === 0) return [];
  const rows = await rowsOf<{ name: string }>(
    knex,
    `select distinct route_key as name from ${table(schema, "events")} where id = any(:ids) and channel_id is null`,
    { ids: hosts.map((arrival) => arrival.id) },
  );
  return rows.map((row) => row.name);
}
