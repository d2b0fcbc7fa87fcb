import { type EventStatus, rowsOf, table, type Tables } from "../eventlog/index.ts";
import { describeType, harmlessNotes } from "../webhooks/index.ts";

/** A notice about who is in a channel that nothing followed from: perhaps why the channel isn't on air. */
export interface Unheeded {
  /** How many there are; not more than are looked at. */
  count: number;
  /** The newest one's. */
  eventId: number;
  status: Extract<EventStatus, "ignored" | "unrecognised" | "failed">;
  /** What its type means. */
  description: string;
  note: string | null;
  /** ISO 8601. */
  receivedAt: string;
}

/** So many of a channel's newest events are looked at: in a channel that isn't on air there are few. */
const newestMost = 200;

/** Channels in one statement. */
const channelsMost = 1_000;

/**
 * Agora's notices about who is in a channel that came after its last session and were never folded. What was folded and
 * taught nothing (one that came late, or twice) is none of them, nor what never concerns anybody.
 *
 * @param channelIds - a channel with an open session has none
 */
export async function readUnheeded(tables: Tables, channelIds: readonly number[]): Promise<Map<number, Unheeded>> {
  const found = new Map<number, Unheeded>();
  for (let at = 0; at < channelIds.length; at += channelsMost) {
    for (const { channelId, type, receivedAt, ...row } of await readSome(
      tables,
      channelIds.slice(at, at + channelsMost),
    )) {
      found.set(channelId, { ...row, description: describeType(type), receivedAt: receivedAt.toISOString() });
    }
  }
  return found;
}

type Row = Omit<Unheeded, "description" | "receivedAt"> & { channelId: number; type: string; receivedAt: Date };

function readSome({ knex, schema }: Tables, channelIds: readonly number[]): Promise<Row[]> {
  return rowsOf<Row>(
    knex,
    `select c.id as "channelId", u.id as "eventId", u.type, u.status, u.note, u.received_at as "receivedAt",
       u.count::integer as count
     from ${table(schema, "channels")} c cross join lateral (
       select e.*, count(*) over () as count from (
         select id, source, type, status, note, applied_version, received_at from ${table(schema, "events")}
         where channel_id = c.id order by id desc limit :newestMost
       ) e
       where ${isUnheeded}
         and e.received_at >= coalesce(to_timestamp((c.state #>> '{session,closedAt}')::numeric / 1000), '-infinity')
       order by e.id desc limit 1
     ) u
     where c.id = any(:channelIds) and not c.is_active`,
    { channelIds, newestMost, harmless: harmlessNotes },
  );
}

/**
 * The channels without a session to which such a notice came lately: no version says so, since none follows from it.
 *
 * @param seconds - received within so many; of all channels' events the newest are looked at
 */
export async function readUnheededNames({ knex, schema }: Tables, seconds: number): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    knex,
    `select distinct c.name from (
       select * from ${table(schema, "events")} order by id desc limit :lookedAtMost
     ) e join ${table(schema, "channels")} c on c.id = e.channel_id and not c.is_active
     where ${isUnheeded} and e.received_at > clock_timestamp() - make_interval(secs => :seconds)`,
    { seconds, lookedAtMost: 2_000, harmless: harmlessNotes },
  );
  return rows.map(({ name }) => name);
}

const isUnheeded = `e.source = 'agora' and e.type like 'rtc.%' and e.applied_version is null
  and e.status in ('ignored', 'unrecognised', 'failed') and coalesce(e.note, '') <> all(:harmless::text[])`;

/** `1 notice ignored: a host joined: our code failed (event 160)`. */
export function describeUnheeded({ count, status, description, note, eventId }: Unheeded): string {
  const many = count === 1 ? `1 notice ${status}` : `${count} notices without effect, the newest ${status}`;
  return `${many}: ${description}${note === null ? "" : `, ${note}`} (event ${eventId})`;
}
