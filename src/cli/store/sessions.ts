import { linkSettingsOf } from "../../config/index.ts";
import { type Cost, costOf, type RecordedRow, recordedUntil } from "../../cost/index.ts";
import { rowsOf, table } from "../../eventlog/index.ts";
import type { Resolution, SessionVideo } from "../../live/index.ts";
import { createPlaybackLinks, presentVideos, type VideoAnswer } from "../../playback/index.ts";
import { Failure } from "../failure.ts";
import type { Service } from "../with-service.ts";

/** A session as it is shown, its names those of the API. */
export interface SessionItem {
  id: string;
  channel: string;
  channelId: number;
  number: number;
  cause: string;
  openedAt: Date;
  liveAt: Date | null;
  closedAt: Date | null;
  endReason: string | null;
  recordedSeconds: number;
  recordedSecondsWithoutHost: number;
  cost: Cost;
  recordingSids: string[];
  files: string[];
  upload: "storage" | "backup" | null;
  /** The one to show where there is room for one, which is in `videos` too. */
  video: VideoAnswer | null;
  /** The oldest first. */
  videos: VideoAnswer[];
}

/** The sessions that were opened last, of one channel or of all, the newest first. */
export function listSessions(
  service: Service,
  { channelId, limit }: { channelId?: number; limit: number },
): Promise<SessionItem[]> {
  const where = channelId === undefined ? "" : "where s.channel_id = :channelId";
  return readSessions(service, `${where} order by s.opened_at desc, s.number desc limit :limit`, { channelId, limit });
}

/** @throws {Failure} if there is no session with this id */
export async function findSession(service: Service, id: string): Promise<SessionItem> {
  const [session] = await readSessions(service, "where s.id = :id", { id });
  if (session === undefined) {
    throw new Failure(`There is no session "${id}". "tally sessions list" shows those that there are.`);
  }
  return session;
}

/** What is stored of a session, and the database's time (ms) at which it was read. */
type StoredSession = Omit<SessionItem, "cost" | "video" | "videos"> &
  RecordedRow & { resolution: Resolution; videos: SessionVideo[]; now: number };

async function readSessions(
  { config, log, tables: { knex, schema } }: Service,
  rest: string,
  values: Parameters<typeof rowsOf>[2],
): Promise<SessionItem[]> {
  const rows = await rowsOf<StoredSession>(knex, `${selectSessions(schema)} ${rest}`, values);
  const links = createPlaybackLinks(linkSettingsOf(config), { log });
  return Promise.all(
    rows.map(async (row) => {
      const { resolution, counting, now, recordedSecondsMediaPush, videos, ...item } = row;
      const recorded = recordedUntil({ ...item, recordedSecondsMediaPush, counting }, now);
      const [liveAt, closedAt] = [item.liveAt?.getTime() ?? null, item.closedAt?.getTime() ?? null];
      const cost = costOf({ recorded, resolution, liveAt, closedAt, videos }, config.prices, now);
      const { recordedSeconds, recordedSecondsWithoutHost } = recorded;
      return { ...item, recordedSeconds, recordedSecondsWithoutHost, cost, ...(await presentVideos(videos, links)) };
    }),
  );
}

function selectSessions(schema: string): string {
  return `select s.id, c.name as channel, s.channel_id as "channelId", s.number, s.cause, s.opened_at as "openedAt",
      s.live_at as "liveAt", s.closed_at as "closedAt", s.end_reason as "endReason",
      s.recorded_seconds as "recordedSeconds", s.recorded_seconds_without_host as "recordedSecondsWithoutHost",
      s.recorded_seconds_media_push as "recordedSecondsMediaPush", s.resolution, s.counting,
      (extract(epoch from clock_timestamp()) * 1000)::double precision as now,
      s.recording_sids as "recordingSids", s.files, s.upload,
      s.videos
    from ${table(schema, "sessions")} s join ${table(schema, "channels")} c on c.id = s.channel_id`;
}
