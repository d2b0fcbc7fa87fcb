import { audienceTypes, hostTypes, rowsOf, sqlList, table, type Tables } from "../eventlog/index.ts";
import { listCalls, listRefusals } from "../journal/index.ts";
import type { LiveEvent, Policy } from "../live/index.ts";
import { describeType, interpret, noteBeside } from "../webhooks/index.ts";
import { assembleTimeline, entriesMost } from "./assemble.ts";
import type { StoryEffect, StoryEvent, StoryNotification } from "./story.ts";
import type { Timeline } from "./timeline.ts";

/** What led to the session is told too. */
const beforeMs = 2 * 60_000;
/** Long enough for the ends of what the session started. */
const afterMs = 15 * 60_000;
/** Videos and late ends are told of for so long, if they say whose they are. */
const longAfterMs = 48 * 3_600_000;

/**
 * Reads all that belongs to a session and tells it in the order in which it happened.
 *
 * @param policy - by which deadlines are told: that of today
 * @returns null if there is no session with this id
 */
export async function readTimeline(tables: Tables, id: string, policy: Policy): Promise<Timeline | null> {
  const session = await findSession(tables, id);
  if (session === null) return null;
  const span = spanOf(session);
  const stored = [...(await readOpening(tables, session, span)), ...(await readEvents(tables, session, span))];
  const isTruncated = stored.length > entriesMost;
  const events = stored.slice(0, entriesMost).map(toStoryEvent);
  const { channelId } = session;
  const effects = await readEffects(tables, channelId, events);
  const calls = await listCalls(tables, {
    effectIds: effects.map((effect) => effect.id),
    span: { channelId, from: span.from, to: span.to },
    limit: entriesMost,
  });
  const { viewers, cloudflareAt } = await readRest(tables, session, span);
  return assembleTimeline({
    sessionId: session.id,
    channel: session.channel,
    openedAt: session.openedAt.getTime(),
    closedAt: session.closedAt?.getTime() ?? null,
    endReason: session.endReason,
    now: session.now.getTime(),
    wakeAt: session.wakeAt?.getTime() ?? null,
    events,
    effects,
    calls,
    notifications: await readNotifications(tables, channelId, events),
    refusals: await listRefusals(tables, span.from, span.to),
    viewers,
    heardBefore: { cloudflare: cloudflareAt?.getTime() ?? null },
    policy,
    isTruncated,
    keptFrom: session.keptFrom?.getTime() ?? null,
  });
}

interface FoundSession {
  id: string;
  channel: string;
  channelId: number;
  number: number;
  openedAt: Date;
  closedAt: Date | null;
  endReason: string | null;
  wakeAt: Date | null;
  recordingSids: string[];
  videoUids: string[];
  /** When the session before was closed, and the next one opened. */
  previousAt: Date | null;
  nextAt: Date | null;
  /** Of what is deleted of its channel's history, the newest, if that was in its time. */
  keptFrom: Date | null;
  now: Date;
}

async function findSession({ knex, schema }: Tables, id: string): Promise<FoundSession | null> {
  const sessions = table(schema, "sessions");
  const [found] = await rowsOf<FoundSession>(
    knex,
    `select s.id, c.name as channel, c.id as "channelId", s.number, s.opened_at as "openedAt",
       s.closed_at as "closedAt", s.end_reason as "endReason", c.wake_at as "wakeAt",
       s.recording_sids as "recordingSids", s.video_uids as "videoUids", clock_timestamp() as now,
       (select closed_at from ${sessions} p where p.channel_id = s.channel_id and p.number = s.number - 1) as "previousAt",
       (select opened_at from ${sessions} n where n.channel_id = s.channel_id and n.number = s.number + 1) as "nextAt",
       (select up_to from ${table(schema, "snapshots")} k where k.channel_id = c.id and k.up_to >= s.opened_at) as "keptFrom"
     from ${sessions} s join ${table(schema, "channels")} c on c.id = s.channel_id where s.id = :id`,
    { id },
  );
  return found ?? null;
}

interface Span {
  from: Date;
  to: Date;
}

/** Between the sessions next to it. */
function spanOf({ openedAt, closedAt, previousAt, nextAt, now }: FoundSession): Span {
  const from = Math.max(openedAt.getTime() - beforeMs, previousAt?.getTime() ?? 0);
  const to = closedAt === null ? now.getTime() : closedAt.getTime() + afterMs;
  return { from: new Date(from), to: new Date(Math.min(to, nextAt?.getTime() ?? Infinity)) };
}

/** Of an event `e`, what a story needs. */
const eventColumns = `e.id, e.source, e.type, e.payload, e.raw, e.status, e.note, e.received_at as "receivedAt",
  e.occurred_at as "occurredAt", case when e.source = 'operator' then e.payload ->> 'by' end as by`;

interface EventRow extends Omit<StoryEvent, "description" | "event" | "receivedAt" | "occurredAt"> {
  payload: unknown;
  raw: string | null;
  receivedAt: Date;
  occurredAt: Date | null;
}

/**
 * The channel's events of the session's time, and later ones that say that they are of this session: its number, one of
 * its recorders, recordings or videos. Viewers are left out, but for hosts who became some.
 */
function readEvents({ knex, schema }: Tables, session: FoundSession, { from, to }: Span): Promise<EventRow[]> {
  const { channelId, number, recordingSids, videoUids } = session;
  const latest = new Date(to.getTime() + longAfterMs);
  return rowsOf<EventRow>(
    knex,
    `with resources as (
       select payload ->> 'resourceId' as id from ${table(schema, "events")}
       where channel_id = :channelId and type = 'RecorderAcquired' and (payload ->> 'session')::integer = :number
         and received_at between :from and :to
     )
     select ${eventColumns}
     from ${table(schema, "events")} e
     where e.channel_id = :channelId and e.received_at between :from and :latest
       and (e.type not in ('rtc.105', 'rtc.106') or e.applied_version is not null)
       and (e.received_at <= :to
         or (e.source = 'tally' and e.payload ->> 'session' = cast(:number as text))
         or (e.source = 'tally' and e.payload ->> 'resourceId' in (select id from resources))
         or (e.source = 'tally' and e.payload ->> 'video' = any(:videoUids))
         or e.payload #>> '{payload,sid}' = any(:recordingSids)
         or e.payload #>> '{payload,converter,id}' = any(:recordingSids)
         or (e.source = 'cloudflare' and e.payload ->> 'uid' = any(:videoUids)))
     order by e.received_at, e.id limit :limit`,
    { channelId, number, recordingSids, videoUids, from, to, latest, limit: entriesMost + 1 },
  );
}

/** For so long before a session it is looked for who is here: nobody stays longer. */
const openingMs = 48 * 3_600_000;

/**
 * Why a host was here when all that began: the last answer to who is, and who joined since and was not heard of again. A
 * replay, or the end of the session before, may open one long after they came.
 */
function readOpening({ knex, schema }: Tables, { channelId }: FoundSession, { from }: Span): Promise<EventRow[]> {
  const events = table(schema, "events");
  const inTime = `channel_id = :channelId and status = 'applied' and received_at >= :earliest and received_at < :from`;
  return rowsOf<EventRow>(
    knex,
    `with words as (select * from ${events} where ${inTime}
       and type in ('rtc.102', 'PresenceChecked', ${sqlList([...hostTypes, ...audienceTypes])})),
     anew as (select coalesce(max(id), 0) as id from words where type in ('rtc.102', 'PresenceChecked'))
     select ${eventColumns}
     from words e, anew
     where (e.id = anew.id and e.type = 'PresenceChecked' and jsonb_array_length(e.payload -> 'broadcasters') > 0)
       or (e.id > anew.id and e.type in ('rtc.103', 'rtc.107', 'rtc.111') and not exists (
         select from words later where later.id > e.id
           and later.payload #>> '{payload,uid}' = e.payload #>> '{payload,uid}'))
     order by e.received_at, e.id limit 100`,
    { channelId, from, earliest: new Date(from.getTime() - openingMs) },
  );
}

function toStoryEvent({ payload, raw, receivedAt, occurredAt, ...row }: EventRow): StoryEvent {
  return {
    ...row,
    note: noteBeside(row.type, row.note),
    description: sentence(describeType(row.type)),
    event: meaningOf({ ...row, payload, raw }),
    receivedAt: receivedAt.getTime(),
    occurredAt: occurredAt?.getTime() ?? null,
  };
}

function meaningOf({
  source,
  type,
  payload,
  raw,
}: Pick<EventRow, "source" | "type" | "payload" | "raw">): LiveEvent | null {
  if (source !== "agora" && source !== "cloudflare") return (raw === null ? payload : JSON.parse(raw)) as LiveEvent;
  const meaning = interpret({ source, type, payload, raw });
  return meaning.kind === "event" ? meaning.event : null;
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function readEffects(
  { knex, schema }: Tables,
  channelId: number,
  events: readonly StoryEvent[],
): Promise<StoryEffect[]> {
  return rowsOf<StoryEffect>(
    knex,
    `select id, event_id as "eventId", type, status, attempts, error from ${table(schema, "effects")}
     where channel_id = :channelId and event_id = any(:ids) order by id`,
    { channelId, ids: events.map(({ id }) => id) },
  );
}

/** Of those events that announce something, as far as it is kept. */
function readNotifications(
  { knex, schema }: Tables,
  channelId: number,
  events: readonly StoryEvent[],
): Promise<StoryNotification[]> {
  return rowsOf<StoryNotification>(
    knex,
    `select n.event_id as "eventId", count(d.id)::integer as endpoints,
       (count(d.id) filter (where d.status = 'delivered'))::integer as delivered
     from ${table(schema, "notifications")} n
     left join ${table(schema, "notification_deliveries")} d on d.notification_id = n.id
     where n.channel_id = :channelId and n.event_id = any(:ids) group by n.event_id`,
    { channelId, ids: events.filter(({ type }) => type === "Announced").map(({ id }) => id) },
  );
}

async function readRest(
  { knex, schema }: Tables,
  { channelId, openedAt }: FoundSession,
  { from, to }: Span,
): Promise<{ viewers: number; cloudflareAt: Date | null }> {
  const events = table(schema, "events");
  const [found] = await rowsOf<{ viewers: number; cloudflareAt: Date | null }>(
    knex,
    `select
       (select count(*)::integer from ${events} where channel_id = :channelId and received_at between :from and :to
          and type in ('rtc.105', 'rtc.106') and applied_version is null) as viewers,
       (select max(received_at) from ${events} where source = 'cloudflare'
          and received_at between cast(:openedAt as timestamptz) - interval '1 day' and :openedAt) as "cloudflareAt"`,
    { channelId, openedAt, from, to },
  );
  return found ?? { viewers: 0, cloudflareAt: null };
}
