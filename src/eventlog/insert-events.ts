import type { Knex } from "knex";

import { currentSpan } from "../traces/index.ts";
import { audienceTypes, sqlList } from "./event-types.ts";
import type { Appended, NewEvent } from "./new-event.ts";
import type { EventStatus } from "./stored-event.ts";
import { rowsOf, table } from "./tables.ts";

/** An event of our own, which may know more about itself than a delivery does. */
export interface EventRow extends NewEvent {
  channelId?: number;
  receivedAt?: Date;
  status?: EventStatus;
  note?: string | null;
  appliedVersion?: number;
}

/**
 * Inserts events, each once: what the log holds already is left as it is. Ids grow in the order given, and rows are
 * locked in it: two statements that insert the same keys in different orders deadlock.
 *
 * @param db - a pool or a transaction
 * @returns for each event its id and whether it was there before; of two equal ones in `events` the second is the
 *   duplicate
 */
export async function insertEvents(db: Knex, schema: string, events: readonly EventRow[]): Promise<Appended[]> {
  const keys = events.map((event) => keyOf(event.source, event.dedupeKey));
  const distinct = new Map<string, EventRow>();
  events.forEach((event) => {
    const key = keyOf(event.source, event.dedupeKey);
    if (!distinct.has(key)) distinct.set(key, event);
  });
  const rows = [...distinct.values()].map(toRow);
  const inserted = toIds(await rowsOf<Found>(db, insertSql(schema), { events: JSON.stringify(rows) }));
  const known =
    inserted.size === rows.length
      ? inserted
      : toIds(await rowsOf<Found>(db, lookUpSql(schema), { events: JSON.stringify(rows.map(identityOf)) }));

  const fresh = new Set(inserted.keys());
  return keys.map((key) => {
    const id = inserted.get(key) ?? known.get(key);
    if (id === undefined) throw new Error(`event ${key} was neither inserted nor found`);
    return { id, duplicate: !fresh.delete(key) };
  });
}

interface Found {
  id: number;
  source: string;
  dedupeKey: string;
}

function toIds(found: Found[]): Map<string, number> {
  return new Map(found.map((row) => [keyOf(row.source, row.dedupeKey), row.id]));
}

function keyOf(source: string, dedupeKey: string): string {
  return `${source} ${dedupeKey}`;
}

function identityOf(row: ReturnType<typeof toRow>) {
  return { source: row.source, dedupe_key: row.dedupe_key };
}

function toRow(event: EventRow) {
  return {
    source: event.source,
    dedupe_key: event.dedupeKey,
    type: event.type,
    route_kind: event.route?.kind ?? null,
    route_key: event.route?.key ?? null,
    channel_id: event.channelId ?? null,
    occurred_at: event.occurredAt?.toISOString() ?? null,
    received_at: event.receivedAt?.toISOString() ?? null,
    payload: event.payload ?? null,
    raw: event.payload === null ? "null" : event.raw, // a column can't tell the JSON null from none
    body_sha256: event.bodySha256,
    headers: event.headers,
    status: event.status ?? null,
    note: event.note ?? null,
    applied_version: event.appliedVersion ?? null,
    trace: event.trace === undefined ? currentSpan().context : event.trace,
  };
}

/** Scalar subselects, no joins: a join may change the order. */
function insertSql(schema: string): string {
  const isAudience = `(e.route_kind = 'channel' and e.type in (${sqlList(audienceTypes)}))`;
  const status = `coalesce(e.status, case when ${isAudience} then 'applied' else 'pending' end)`;
  return `
    insert into ${table(schema, "events")} (source, dedupe_key, type, route_kind, route_key, channel_id, occurred_at,
      received_at, payload, raw, body_sha256, headers, status, note, applied_at, applied_version, trace)
    select e.source, e.dedupe_key, e.type, e.route_kind, e.route_key,
      coalesce(e.channel_id,
        case when ${isAudience} then (select c.id from ${table(schema, "channels")} c where c.name = e.route_key) end),
      e.occurred_at, coalesce(e.received_at, clock_timestamp()), e.payload, e.raw, e.body_sha256, e.headers, ${status},
      e.note, case when ${status} = 'applied' then coalesce(e.received_at, clock_timestamp()) end, e.applied_version,
      e.trace
    from jsonb_to_recordset(:events::jsonb) as e (source text, dedupe_key text, type text, route_kind text,
      route_key text, channel_id integer, occurred_at timestamptz, received_at timestamptz, payload jsonb, raw text,
      body_sha256 text, headers jsonb, status text, note text, applied_version integer,
      trace jsonb)
    on conflict (source, dedupe_key) do nothing
    returning id, source, dedupe_key as "dedupeKey"`;
}

function lookUpSql(schema: string): string {
  return `
    select e.id, e.source, e.dedupe_key as "dedupeKey"
    from jsonb_to_recordset(:events::jsonb) as wanted (source text, dedupe_key text)
    join ${table(schema, "events")} e on e.source = wanted.source and e.dedupe_key = wanted.dedupe_key`;
}
