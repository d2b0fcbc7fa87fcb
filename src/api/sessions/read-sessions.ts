import type { SessionRow } from "../../db/index.ts";
import { rowsOf, table } from "../../eventlog/index.ts";
import type { VideoProcessed } from "../../live/index.ts";
import type { Api } from "../api.ts";
import type { SessionAnswer } from "../schemas.ts";

/**
 * Sessions with their channel's name, newest first.
 *
 * @param condition - SQL about the session `s`, with `:name` for each of `values`
 */
export async function readSessions(
  { knex, schema }: Api,
  condition: string,
  values: Record<string, string | number | null>,
): Promise<SessionAnswer[]> {
  const rows = await rowsOf<StoredSession>(
    knex,
    `select s.*, c.name as channel
     from ${table(schema, "sessions")} s join ${table(schema, "channels")} c on c.id = s.channel_id
     where ${condition}`,
    values,
  );
  return rows.map(toSessionAnswer);
}

/** What the engine writes into the columns that could hold anything. */
type StoredSession = Omit<SessionRow, "cause" | "end_reason" | "files" | "upload" | "video"> &
  Pick<SessionAnswer, "channel" | "cause" | "files" | "upload"> & {
    end_reason: SessionAnswer["endReason"];
    video: VideoProcessed | null;
  };

function toSessionAnswer(row: StoredSession): SessionAnswer {
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
    recordedSeconds: row.recorded_seconds,
    recordedSecondsWithoutHost: row.recorded_seconds_without_host,
    recordingSids: row.recording_sids,
    files: row.files,
    upload: row.upload,
    video: row.video === null ? null : toVideoAnswer(row.video),
  };
}

function toVideoAnswer(processed: VideoProcessed): SessionAnswer["video"] {
  const { video: uid, ready, hls, dash, thumbnail, durationSeconds, error } = processed;
  return { uid, ready, hls, dash, thumbnail, durationSeconds, error };
}
