import type { Knex } from "knex";

import { rowsOf, table } from "../eventlog/index.ts";
import {
  isKept,
  type LiveEvent,
  mainVideo,
  sessionId,
  type VideoDeleted,
  type VideoExpired,
  type VideosListed,
} from "../live/index.ts";
import { projectSessions, type SessionRow, type Sessions, type Step } from "./project-sessions.ts";

/** A video comes minutes after its broadcast, hours at most: these are the sessions that it may belong to. */
const recentMost = 20;

/**
 * Writes what happened into the channel's sessions.
 *
 * @returns videos that a session has now and had not: their events find the channel from now on; and those that can be
 *   watched now and never could
 */
export async function updateSessions(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  steps: Step[],
): Promise<{ videos: string[]; ready: { session: number; video: string }[] }> {
  if (steps.length === 0) return { videos: [], ready: [] };
  const named = steps.flatMap(({ event }) => (isOfAnySession(event) ? [event.session] : []));
  const known = await sessionsToChange(trx, schema, channelId, named);
  const before: Sessions = new Map(known.map((row) => [row.number, row]));
  const after: Sessions = new Map(before);
  for (const step of steps) projectSessions(after, step);
  const changed = [...after.values()].filter((row) => JSON.stringify(row) !== JSON.stringify(before.get(row.number)));
  await saveSessions(trx, schema, channelId, changed);
  const videos = changed.flatMap(({ number, videos }) => {
    const known = before.get(number)?.videos ?? [];
    return videos.map(({ video, ready }) => {
      const earlier = known.find((each) => each.video === video);
      const wasReady = earlier !== undefined && (earlier.ready || earlier.readyAt !== undefined);
      return { session: number, video, isNew: earlier === undefined, isReady: ready && !wasReady };
    });
  });
  return {
    videos: videos.filter(({ isNew }) => isNew).map(({ video }) => video),
    ready: videos.filter(({ isReady }) => isReady).map(({ session, video }) => ({ session, video })),
  };
}

/** What may be about a session of long ago. */
function isOfAnySession(event: LiveEvent): event is VideosListed | VideoExpired | VideoDeleted {
  return event.type === "VideosListed" || event.type === "VideoExpired" || event.type === "VideoDeleted";
}

/** Replaces all sessions of a channel: for a rebuild. */
export async function replaceSessions(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  sessions: Sessions,
): Promise<void> {
  const numbers = [...sessions.keys()];
  await trx.raw(
    `delete from ${table(schema, "sessions")} where channel_id = :channelId and number <> all(:numbers::integer[])`,
    { channelId, numbers } as Record<string, Knex.RawBinding>,
  );
  const rows = [...sessions.values()];
  for (let at = 0; at < rows.length; at += most) await saveSessions(trx, schema, channelId, rows.slice(at, at + most));
}

/** Sessions in one statement: a channel may have had tens of thousands. */
const most = 5_000;

async function saveSessions(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  rows: SessionRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = rows.map((row) => ({
    id: sessionId(channelId, row.number),
    number: row.number,
    cause: row.cause,
    opened_at: iso(row.openedAt),
    live_at: iso(row.liveAt),
    closed_at: iso(row.closedAt),
    end_reason: row.endReason,
    recording_sids: row.recordingSids,
    files: row.files,
    upload: row.upload,
    ingest_connected_at: row.ingestConnectedAt,
    video_uid: mainVideo(row.videos)?.video ?? null,
    video: mainVideo(row.videos),
    videos: row.videos,
    video_uids: row.videos.map(({ video }) => video),
    keeps_video: row.videos.some(isKept),
    recorded_seconds: (row.withHostMs + row.withoutHostMs) / 1000,
    recorded_seconds_without_host: row.withoutHostMs / 1000,
    recorded_seconds_media_push: row.mediaPushMs / 1000,
    resolution: row.resolution,
    counting: row.counting,
    drops: row.drops,
  }));
  await rowsOf(
    trx,
    `insert into ${table(schema, "sessions")} (channel_id, ${Object.keys(columnTypes).join(", ")})
     select :channelId, ${Object.keys(columnTypes).join(", ")}
     from jsonb_to_recordset(:rows::jsonb) as s (${columnList()})
     on conflict (id) do update set ${Object.keys(columnTypes)
       .map((column) => `${column} = excluded.${column}`)
       .join(", ")}`,
    { channelId, rows: JSON.stringify(columns) },
  );
}

const columnTypes = {
  id: "text",
  number: "integer",
  cause: "text",
  opened_at: "timestamptz",
  live_at: "timestamptz",
  closed_at: "timestamptz",
  end_reason: "text",
  recording_sids: "text[]",
  files: "jsonb",
  upload: "text",
  ingest_connected_at: "text",
  video_uid: "text",
  video: "jsonb",
  videos: "jsonb",
  video_uids: "text[]",
  keeps_video: "boolean",
  recorded_seconds: "double precision",
  recorded_seconds_without_host: "double precision",
  recorded_seconds_media_push: "double precision",
  resolution: "text",
  counting: "jsonb",
  drops: "jsonb",
} as const;

function columnList(): string {
  return Object.entries(columnTypes)
    .map(([column, type]) => `${column} ${type}`)
    .join(", ");
}

/** The recent sessions, and those that are named. */
function sessionsToChange(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  named: number[],
): Promise<SessionRow[]> {
  const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::double precision`;
  return rowsOf<SessionRow>(
    trx,
    `select number, cause, ${ms("opened_at")} as "openedAt", ${ms("live_at")} as "liveAt",
       ${ms("closed_at")} as "closedAt", end_reason as "endReason", recording_sids as "recordingSids", files, upload,
       ingest_connected_at as "ingestConnectedAt", videos,
       round((recorded_seconds - recorded_seconds_without_host) * 1000) as "withHostMs",
       round(recorded_seconds_without_host * 1000) as "withoutHostMs",
       round(recorded_seconds_media_push * 1000) as "mediaPushMs", resolution, counting, drops
     from ${table(schema, "sessions")} where channel_id = :channelId and (number = any(:named::integer[]) or number in
       (select number from ${table(schema, "sessions")} where channel_id = :channelId
        order by number desc limit ${recentMost}))
     order by number desc`,
    { channelId, named },
  );
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
