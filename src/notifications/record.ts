import type { Knex } from "knex";

import { rowsOf, table } from "../eventlog/index.ts";
import { type Announced, type ChannelState, sessionId, type SessionVideo } from "../live/index.ts";
import { bodyOf, type ToldChannel } from "./body.ts";
import { newId } from "./ids.ts";
import { type LinksOf, linksOf } from "./links.ts";
import type { NotificationType } from "./types.ts";

/** A decision that is in the log since this transaction. */
export interface NewAnnouncement {
  eventId: number;
  event: Announced;
  /** The state with it. */
  after: ChannelState;
}

/**
 * Writes what decisions mean to be told, and to whom, in the transaction that decided them. Sending is for the notifier.
 */
export async function recordAnnouncements(
  trx: Knex.Transaction,
  schema: string,
  channel: Omit<ToldChannel, "hostUserId">,
  announcements: NewAnnouncement[],
): Promise<void> {
  if (announcements.length === 0) return;
  const hostUserId = await hostUserIdOf(trx, schema, channel.id);
  const rows: NewNotification[] = [];
  for (const { eventId, event, after } of announcements) {
    const video = event.notification === "video.ready" ? await videoOf(trx, schema, channel.id, event) : null;
    rows.push({
      channelId: channel.id,
      session: event.session,
      type: event.notification,
      body: bodyOf(event, after, { ...channel, hostUserId }, video),
      links: linksOf(after, video),
      eventId,
    });
  }
  await insertNotifications(trx, schema, rows);
}

export interface NewNotification {
  channelId: number | null;
  session: number | null;
  type: NotificationType;
  body: string;
  /** Null: it has none. */
  links: LinksOf | null;
  eventId: number | null;
}

/**
 * Inserts notifications with a delivery for each endpoint that wants them: an enabled one that names the type, or none.
 *
 * @param only - to this endpoint, whatever it names
 * @returns their ids, and how many deliveries there are
 */
export async function insertNotifications(
  trx: Knex.Transaction,
  schema: string,
  notifications: NewNotification[],
  only: string | null = null,
): Promise<{ ids: string[]; deliveries: number }> {
  const rows = notifications.map((notification) => ({ id: newId("msg"), ...notification }));
  const inserted = await rowsOf<{ id: string }>(
    trx,
    `insert into ${table(schema, "notifications")} (id, channel_id, session, type, body, links, event_id)
     select id, "channelId", session, type, body, links, "eventId"
     from rows from (jsonb_to_recordset(:rows::jsonb) as
       (id text, "channelId" integer, session integer, type text, body text, links jsonb, "eventId" bigint)) with ordinality as n
     order by ordinality
     returning id`,
    { rows: JSON.stringify(rows) },
  );
  const ids = inserted.map(({ id }) => id);
  const deliveries = await rowsOf(
    trx,
    `insert into ${table(schema, "notification_deliveries")} (notification_id, endpoint_id, channel_id)
     select n.id, e.id, coalesce(n.channel_id, 0)
     from ${table(schema, "notifications")} n, ${table(schema, "notification_endpoints")} e
     where n.id = any(:ids::text[]) and e.enabled
       and (e.id = :only or (:only::text is null and (e.events is null or n.type = any(e.events))))
     order by n.number returning id`,
    { ids, only },
  );
  return { ids, deliveries: deliveries.length };
}

async function hostUserIdOf(trx: Knex.Transaction, schema: string, id: number): Promise<string | null> {
  const [row] = await rowsOf<{ hostUserId: string | null }>(
    trx,
    `select host_user_id as "hostUserId" from ${table(schema, "channels")} where id = :id`,
    { id },
  );
  return row?.hostUserId ?? null;
}

async function videoOf(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  { session, video }: { session: number; video: string },
): Promise<SessionVideo | null> {
  const [row] = await rowsOf<{ videos: SessionVideo[] }>(
    trx,
    `select videos from ${table(schema, "sessions")} where id = :id`,
    { id: sessionId(channelId, session) },
  );
  return row?.videos.find((each) => each.video === video) ?? null;
}
