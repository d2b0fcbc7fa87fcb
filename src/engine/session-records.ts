import { isKept, mainVideo, sessionId } from "../live/index.ts";
import type { SessionRow } from "./sessions.ts";

/** Sessions in one statement: a channel may have had tens of thousands. */
export const recordsMost = 5_000;

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

type SessionColumn = keyof typeof columnTypes;

/** The columns of `sessions` that follow from the log: all but the channel. */
export const sessionColumns = Object.keys(columnTypes) as SessionColumn[];

/** The sessions of `:rows`, as SQL sees them: rows of `sessions` named `s`. */
export const sessionRecords = `jsonb_to_recordset(:rows::jsonb) as s (${sessionColumns
  .map((column) => `${column} ${columnTypes[column]}`)
  .join(", ")})`;

/** @returns what goes into `:rows` */
export function toRecords(channelId: number, rows: readonly SessionRow[]): string {
  return JSON.stringify(rows.map((row) => toRecord(channelId, row)));
}

function toRecord(channelId: number, row: SessionRow): Record<SessionColumn, unknown> {
  const { videos } = row;
  const main = mainVideo(videos);
  return {
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
    video_uid: main?.video ?? null,
    video: main,
    videos,
    video_uids: videos.map(({ video }) => video),
    keeps_video: videos.some(isKept),
    recorded_seconds: (row.withHostMs + row.withoutHostMs) / 1000,
    recorded_seconds_without_host: row.withoutHostMs / 1000,
    recorded_seconds_media_push: row.mediaPushMs / 1000,
    resolution: row.resolution,
    counting: row.counting,
    drops: row.drops,
  };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
