import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { TraceContext } from "../traces/index.ts";
import type { LinksOf } from "./links.ts";

/** An attempt as it is kept with its delivery. */
export interface Attempt {
  /** ISO 8601. */
  at: string;
  /** Of the answer; null if there was none. */
  status: number | null;
  ms: number;
  /** Null if it was delivered. */
  error: string | null;
}

/** A delivery that this process may attempt now. */
export interface Claimed {
  id: number;
  notificationId: string;
  type: string;
  body: string;
  /** Whose links the body has; null: it has none. */
  links: LinksOf | null;
  /** 0: of no channel. */
  channelId: number;
  endpointId: string;
  url: string;
  /** Sealed. */
  secret: string;
  /** Sealed; null unless it still signs. */
  previousSecret: string | null;
  attempts: number;
  attemptLog: Attempt[];
  /** What decided that it is told, if that was traced. */
  trace: TraceContext | null;
  /** How long ago the first attempt was due, ms. */
  forMs: number;
}

/** A claim that wasn't concluded by then is free for others: the process died. Longer than any attempt. */
const claimSeconds = 30;

/**
 * Claims deliveries that are due. Of a channel and an endpoint only the oldest that waits, and that only when none of
 * theirs is under way: so they are sent in order.
 *
 * @param limits.most - in all
 * @param limits.each - of one endpoint, together with those under way
 * @param limits.underWay - how many of each endpoint this process is at
 */
export async function claimDue(
  { knex, schema }: Tables,
  { most, each, underWay }: { most: number; each: number; underWay: Record<string, number> },
): Promise<Claimed[]> {
  const deliveries = table(schema, "notification_deliveries");
  const isFree = (row: string) =>
    `${row}.status = 'pending' and (${row}.claimed_until is null or ${row}.claimed_until < clock_timestamp())`;
  return rowsOf<Claimed>(
    knex,
    `with due as (
       select d.id, d.next_at, d.endpoint_id, row_number() over (partition by d.endpoint_id order by d.next_at, d.id) as place
       from ${deliveries} d join ${table(schema, "notification_endpoints")} e on e.id = d.endpoint_id
       where e.enabled and d.next_at <= clock_timestamp() and ${isFree("d")}
         and not exists (
           select from ${deliveries} other
           where other.status = 'pending' and other.endpoint_id = d.endpoint_id and other.channel_id = d.channel_id
             and other.id <> d.id and (other.id < d.id or other.claimed_until > clock_timestamp())
         )
     ), taken as (
       select d.id from ${deliveries} d join due on due.id = d.id
       where due.place <= :each - coalesce((:underWay::jsonb ->> due.endpoint_id)::integer, 0) and ${isFree("d")}
       order by due.place, due.next_at limit :most for update of d skip locked
     )
     update ${deliveries} d set claimed_until = clock_timestamp() + make_interval(secs => ${claimSeconds})
     from taken, ${table(schema, "notification_endpoints")} e, ${table(schema, "notifications")} n
     where d.id = taken.id and e.id = d.endpoint_id and n.id = d.notification_id
     returning d.id, n.id as "notificationId", n.type, n.body, n.links, d.channel_id as "channelId", e.id as "endpointId", e.url,
       e.secret, case when e.previous_until > clock_timestamp() then e.previous_secret end as "previousSecret",
       d.attempts, d.attempt_log as "attemptLog",
       (select trace from ${table(schema, "events")} where id = n.event_id) as trace,
       (extract(epoch from clock_timestamp() - d.since) * 1000)::double precision as "forMs"`,
    { most, each, underWay: JSON.stringify(underWay) },
  );
}

/** Gives a claim back that comes to nothing: due again after so long, and no attempt counted. */
export async function unclaim({ knex, schema }: Tables, id: number, ms: number): Promise<void> {
  await knex.raw(
    `update ${table(schema, "notification_deliveries")}
     set claimed_until = null, next_at = clock_timestamp() + ${interval} where id = :id`,
    { id, ms },
  );
}

/** SQL for milliseconds that are given as `:ms`. */
export const interval = "make_interval(secs => :ms / 1000.0)";
