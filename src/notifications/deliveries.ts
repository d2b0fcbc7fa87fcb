import type { Knex } from "knex";

import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { Attempt } from "./claim.ts";
import type { NotificationType } from "./types.ts";

export const deliveryStatuses = ["pending", "delivered", "given_up"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A notification on its way to one endpoint. */
export interface Delivery {
  notificationId: string;
  /** Counts notifications: greater is newer. */
  number: number;
  type: NotificationType;
  channel: string | null;
  endpointId: string;
  url: string;
  status: DeliveryStatus;
  attempts: number;
  attemptLog: Attempt[];
  createdAt: Date;
  finishedAt: Date | null;
  /** When it is tried next; null if it isn't. */
  nextAt: Date | null;
}

/** Which deliveries. */
export interface DeliveryFilter {
  ids?: string[] | undefined;
  channel?: string | undefined;
  endpoint?: string | undefined;
  status?: DeliveryStatus | undefined;
  /** Told at or after. */
  since?: Date | undefined;
  /** Older than this number. */
  before?: number | undefined;
  /** At most so many, the newest. */
  limit: number;
}

/** Deliveries that fit, the newest notification first. */
export async function listDeliveries({ knex, schema }: Tables, filter: DeliveryFilter): Promise<Delivery[]> {
  return rowsOf<Delivery>(
    knex,
    `select n.id as "notificationId", n.number, n.type, c.name as channel, e.id as "endpointId", e.url, d.status, d.attempts,
       d.attempt_log as "attemptLog", n.created_at as "createdAt", d.finished_at as "finishedAt",
       case when d.status = 'pending' and e.enabled then d.next_at end as "nextAt"
     from ${table(schema, "notification_deliveries")} d
     join ${table(schema, "notifications")} n on n.id = d.notification_id
     join ${table(schema, "notification_endpoints")} e on e.id = d.endpoint_id
     left join ${table(schema, "channels")} c on c.id = n.channel_id
     where ${conditionsOf(filter).join(" and ")}
     order by n.number desc, d.id limit :limit`,
    { ...filter },
  );
}

function conditionsOf({ ids, channel, endpoint, status, since, before }: DeliveryFilter): string[] {
  return [
    "true",
    ...(ids === undefined ? [] : ["n.id = any(:ids::text[])"]),
    ...(channel === undefined ? [] : ["c.name = :channel"]),
    ...(endpoint === undefined ? [] : ["e.id = :endpoint"]),
    ...(status === undefined ? [] : ["d.status = :status"]),
    ...(since === undefined ? [] : ["n.created_at >= :since"]),
    ...(before === undefined ? [] : ["n.number < :before"]),
  ];
}

/** A notification, as it was written. */
export interface StoredNotification {
  id: string;
  type: NotificationType;
  channel: string | null;
  session: number | null;
  createdAt: Date;
  eventId: number | null;
  /** JSON, as it is sent; links that must be signed are plain here. */
  body: string;
}

/** @returns null if there is none */
export async function findNotification({ knex, schema }: Tables, id: string): Promise<StoredNotification | null> {
  const [row] = await rowsOf<StoredNotification>(
    knex,
    `select n.id, n.type, c.name as channel, n.session, n.created_at as "createdAt", n.event_id as "eventId", n.body
     from ${table(schema, "notifications")} n left join ${table(schema, "channels")} c on c.id = n.channel_id
     where n.id = :id`,
    { id },
  );
  return row ?? null;
}

/**
 * Makes deliveries due again, whatever became of them, each with its full time and with the id that it had.
 *
 * @returns how many; one that is under way at this moment isn't
 */
export async function sendAgain({ knex, schema }: Tables, deliveries: readonly Delivery[]): Promise<number> {
  const rows = await rowsOf(
    knex,
    `update ${table(schema, "notification_deliveries")} d
     set status = 'pending', attempts = 0, since = clock_timestamp(), next_at = clock_timestamp(), finished_at = null
     from jsonb_to_recordset(:deliveries::jsonb) as again ("notificationId" text, "endpointId" text)
     where d.notification_id = again."notificationId" and d.endpoint_id = again."endpointId"
       and (d.claimed_until is null or d.claimed_until < clock_timestamp())
     returning d.id`,
    {
      deliveries: JSON.stringify(deliveries.map(({ notificationId, endpointId }) => ({ notificationId, endpointId }))),
    },
  );
  return rows.length;
}

/**
 * Gives an endpoint what was told and what it was not among those told of: one that is new, or was disabled.
 *
 * @returns how many notifications that fit it has a delivery of since this
 */
export async function addDeliveries(
  trx: Knex,
  schema: string,
  endpointId: string,
  filter: Pick<DeliveryFilter, "ids" | "channel" | "since" | "limit">,
): Promise<number> {
  const { ids, channel, since } = filter;
  const rows = await rowsOf(
    trx,
    `insert into ${table(schema, "notification_deliveries")} (notification_id, endpoint_id, channel_id)
     select id, :endpointId, coalesce(channel_id, 0) from (
       select n.id, n.number, n.channel_id from ${table(schema, "notifications")} n
       left join ${table(schema, "channels")} c on c.id = n.channel_id
       where ${conditionsOf({ ids, channel, since, limit: 0 }).join(" and ")} and n.type <> 'tally.test'
       order by n.number desc limit :limit
     ) missed
     order by number
     on conflict (notification_id, endpoint_id) do nothing
     returning id`,
    { endpointId, ...filter },
  );
  return rows.length;
}
