import { type Cost, costOf, type Prices, recordedUntil } from "../cost/index.ts";
import type { SessionRow } from "../db/index.ts";
import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { EndReason } from "../live/index.ts";
import { type PlaybackLinks, presentVideos, type VideoAnswer } from "../playback/index.ts";

/** A session as it is shown. Times are ISO 8601. */
export interface SessionItem {
  id: string;
  channel: string;
  channelId: number;
  number: number;
  cause: "host" | "manual";
  openedAt: string;
  liveAt: string | null;
  closedAt: string | null;
  endReason: EndReason | null;
  recordedSeconds: number;
  recordedSecondsWithoutHost: number;
  /** An estimate. */
  cost: Cost;
  recordingSids: string[];
  files: string[];
  upload: "storage" | "backup" | null;
  /** The one to show where there is room for one, which is in `videos` too. */
  video: VideoAnswer | null;
  /** The oldest first. */
  videos: VideoAnswer[];
  /** When it was no longer live though its host was there, the oldest first. `to` null: it is so now. */
  drops: { from: string; to: string | null }[];
}

export interface SessionDeps extends Tables {
  /** By which costs are estimated. */
  prices: Prices;
  /** Makes links that a viewer can use. */
  links: PlaybackLinks;
}

export interface SessionFilter {
  /** Opened at or after. */
  since?: Date | undefined;
  /** Opened before. */
  until?: Date | undefined;
  isOpen?: boolean | undefined;
  /** Those that come after this session in the list, by its id. */
  before?: string | undefined;
  limit: number;
}

/** The sessions of all channels that fit the filter, those first that were opened last. */
export function listSessions(deps: SessionDeps, filter: SessionFilter): Promise<SessionItem[]> {
  const sessions = table(deps.schema, "sessions");
  const conditions = {
    since: "s.opened_at >= :since",
    until: "s.opened_at < :until",
    isOpen: "(s.closed_at is null) = :isOpen",
    before: `(s.opened_at, s.id) < (select opened_at, id from ${sessions} where id = :before)`,
  };
  const where = Object.entries(conditions)
    .filter(([name]) => filter[name as keyof typeof conditions] !== undefined)
    .map(([, condition]) => `and ${condition}`);
  return readSessions(deps, `true ${where.join(" ")} order by s.opened_at desc, s.id desc limit :limit`, { ...filter });
}

/**
 * Sessions with their channel's name.
 *
 * @param condition - SQL about the session `s` and its channel `c`, with `:name` for each of `values`, and its order
 */
export async function readSessions(
  { knex, schema, prices, links }: SessionDeps,
  condition: string,
  values: Record<string, unknown>,
): Promise<SessionItem[]> {
  const rows = await rowsOf<StoredSession>(
    knex,
    `select s.*, c.name as channel, (extract(epoch from clock_timestamp()) * 1000)::double precision as now
     from ${table(schema, "sessions")} s join ${table(schema, "channels")} c on c.id = s.channel_id
     where ${condition}`,
    values,
  );
  return Promise.all(rows.map((row) => toSessionItem(row, prices, links)));
}

/** What the engine writes into the columns that could hold anything. */
type StoredSession = Omit<SessionRow, "cause" | "end_reason" | "files" | "upload"> &
  Pick<SessionItem, "channel" | "cause" | "files" | "upload"> & {
    end_reason: SessionItem["endReason"];
    /** The database's clock, ms. */
    now: number;
  };

async function toSessionItem(row: StoredSession, prices: Prices, links: PlaybackLinks): Promise<SessionItem> {
  const { resolution, counting, videos, now } = row;
  const stored = {
    recordedSeconds: row.recorded_seconds,
    recordedSecondsWithoutHost: row.recorded_seconds_without_host,
    recordedSecondsMediaPush: row.recorded_seconds_media_push,
    counting,
  };
  const recorded = recordedUntil(stored, now);
  const [liveAt, closedAt] = [row.live_at?.getTime() ?? null, row.closed_at?.getTime() ?? null];
  return {
    id: row.id,
    channel: row.channel,
    channelId: row.channel_id,
    number: row.number,
    cause: row.cause,
    openedAt: row.opened_at.toISOString(),
    liveAt: row.live_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    endReason: row.end_reason,
    recordedSeconds: recorded.recordedSeconds,
    recordedSecondsWithoutHost: recorded.recordedSecondsWithoutHost,
    cost: costOf({ recorded, resolution, liveAt, closedAt, videos }, prices, now),
    recordingSids: row.recording_sids,
    files: row.files,
    upload: row.upload,
    ...(await presentVideos(videos, links)),
    drops: row.drops.map(({ from, to }) => ({ from: iso(from), to: to === null ? null : iso(to) })),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
