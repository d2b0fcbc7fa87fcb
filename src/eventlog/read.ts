import type { EventSource, EventStatus, StoredEvent } from "./stored-event.ts";
import { storedColumns } from "./stored-event.ts";
import { rowsOf, table, type Tables } from "./tables.ts";

export interface EventFilter {
  /** Received at or after. */
  since?: Date | undefined;
  /** Received before. */
  until?: Date | undefined;
  /** A channel's name. */
  channel?: string | undefined;
  source?: EventSource | undefined;
  /** From one of these. */
  sources?: readonly EventSource[] | undefined;
  /** The whole type (`rtc.103`) or what follows its last dots (`103`). */
  type?: string | undefined;
  status?: EventStatus | undefined;
  ids?: number[] | undefined;
  /** Older than this one, by id. */
  before?: number | undefined;
  /** Not older than this one, by id. */
  from?: number | undefined;
  /** At most so many, the newest; 50 if not given. */
  limit?: number | undefined;
}

/** The newest events that fit the filter, newest first. */
export async function listEvents({ knex, schema }: Tables, filter: EventFilter = {}): Promise<StoredEvent[]> {
  return rowsOf<StoredEvent>(
    knex,
    `${selectEvents(schema)} where ${filterSql(schema, filter)} order by e.id desc limit :limit`,
    { limit: 50, ...filter },
  );
}

/**
 * The next events that fit the filter, the oldest first.
 *
 * @param after - the id that they come after
 */
export async function listEventsAfter(
  { knex, schema }: Tables,
  filter: EventFilter,
  { after, limit }: { after: number; limit: number },
): Promise<StoredEvent[]> {
  return rowsOf<StoredEvent>(
    knex,
    `${selectEvents(schema)} where e.id > :after and ${filterSql(schema, filter)} order by e.id limit :limit`,
    { ...filter, after, limit },
  );
}

/** A condition on events named `e`; its values are the filter's members, by their names. */
export function filterSql(schema: string, filter: Omit<EventFilter, "limit">): string {
  const conditions = {
    since: "e.received_at >= :since::timestamptz",
    until: "e.received_at < :until::timestamptz",
    // Two conditions, each of which has an index.
    channel: `(e.channel_id = (select id from ${table(schema, "channels")} where name = :channel)
      or (e.channel_id is null and e.route_kind = 'channel' and e.route_key = :channel))`,
    source: "e.source = :source",
    sources: "e.source = any(:sources::text[])",
    type: "(e.type = :type or right(e.type, length(:type) + 1) = '.' || :type)",
    status: "e.status = :status",
    ids: "e.id = any(:ids::bigint[])",
    before: "e.id < :before",
    from: "e.id >= :from",
  };
  const wanted = Object.entries(conditions)
    .filter(([name]) => filter[name as keyof typeof conditions] !== undefined)
    .map(([, condition]) => condition);
  return wanted.length === 0 ? "true" : wanted.join(" and ");
}

/** One event of the log, or null if there is none with this id. */
export async function getEvent({ knex, schema }: Tables, id: number): Promise<StoredEvent | null> {
  const [event] = await rowsOf<StoredEvent>(knex, `${selectEvents(schema)} where e.id = :id`, { id });
  return event ?? null;
}

function selectEvents(schema: string): string {
  return `select ${storedColumns} from ${table(schema, "events")} e
    left join ${table(schema, "channels")} c on c.id = e.channel_id`;
}
