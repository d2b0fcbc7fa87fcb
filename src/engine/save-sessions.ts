import type { Knex } from "knex";

import { rowsOf, table } from "../eventlog/index.ts";
import type { LiveEvent, VideoDeleted, VideoExpired, VideosListed } from "../live/index.ts";
import { projectSessions, type Step } from "./project-sessions.ts";
import { recordsMost, sessionColumns, sessionRecords, toRecords } from "./session-records.ts";
import { type SessionRow, Sessions } from "./sessions.ts";

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
  const before = new Sessions(known);
  const after = new Sessions(known);
  for (const step of steps) projectSessions(after, step);
  const changed = after.all().filter((row) => JSON.stringify(row) !== JSON.stringify(before.get(row.number)));
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

/**
 * Makes a channel's sessions what they should be: for a rebuild.
 *
 * @param differing - numbers of those that are otherwise than they should be, as `differingSessions` finds them
 */
export async function mendSessions(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  sessions: Sessions,
  differing: readonly number[],
): Promise<void> {
  const wanted = differing.flatMap((number) => sessions.get(number) ?? []);
  for (let at = 0; at < wanted.length; at += recordsMost) {
    await saveSessions(trx, schema, channelId, wanted.slice(at, at + recordsMost));
  }
  const superfluous = differing.filter((number) => sessions.get(number) === undefined);
  if (superfluous.length === 0) return;
  await rowsOf(
    trx,
    `delete from ${table(schema, "sessions")} where channel_id = :channelId and number = any(:superfluous::integer[])`,
    { channelId, superfluous },
  );
}

async function saveSessions(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  rows: SessionRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await rowsOf(
    trx,
    `insert into ${table(schema, "sessions")} (channel_id, ${sessionColumns.join(", ")})
     select :channelId, ${sessionColumns.join(", ")} from ${sessionRecords}
     on conflict (id) do update set ${sessionColumns.map((column) => `${column} = excluded.${column}`).join(", ")}`,
    { channelId, rows: toRecords(channelId, rows) },
  );
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
