import { costOf, type Prices, recordedUntil } from "../../cost/index.ts";
import type { SessionRow } from "../../db/index.ts";
import { rowsOf, table } from "../../eventlog/index.ts";
import type { PlaybackLinks } from "../../playback/index.ts";
import { presentVideos } from "../../playback/index.ts";
import type { Api } from "../api.ts";
import type { SessionAnswer } from "./schemas.ts";

/**
 * Sessions with their channel's name, newest first.
 *
 * @param condition - SQL about the session `s` and its channel `c`, with `:name` for each of `values`
 */
export async function readSessions(
  { knex, schema, prices, links }: Api,
  condition: string,
  values: Record<string, string | number | null | readonly string[]>,
): Promise<SessionAnswer[]> {
  const rows = await rowsOf<StoredSession>(
    knex,
    `select s.*, c.name as channel, (extract(epoch from clock_timestamp()) * 1000)::double precision as now
     from ${table(schema, "sessions")} s join ${table(schema, "channels")} c on c.id = s.channel_id
     where ${condition}`,
    values,
  );
  return Promise.all(rows.map((row) => toSessionAnswer(row, prices, links)));
}

/** What the engine writes into the columns that could hold anything. */
type StoredSession = Omit<SessionRow, "cause" | "end_reason" | "files" | "upload"> &
  Pick<SessionAnswer, "channel" | "cause" | "files" | "upload"> & {
    end_reason: SessionAnswer["endReason"];
    /** The database's clock, ms. */
    now: number;
  };

async function toSessionAnswer(row: StoredSession, prices: Prices, links: PlaybackLinks): Promise<SessionAnswer> {
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
  };
}
