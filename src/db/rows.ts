import type { ChannelState, Counting, RelayMode, Resolution, SessionVideo } from "../live/index.ts";

/** Rows of the tables of `migrations/`, as the pool reads them: `bigint` is a number, `timestamptz` a Date. */

export interface ChannelRow {
  id: number;
  name: string;
  host_user_id: string | null;
  host_uid: number | null;
  relay_mode: RelayMode | null;
  state: ChannelState;
  version: number;
  wake_at: Date | null;
  is_active: boolean;
  started_at: Date | null;
  ended_at: Date | null;
  stream_mode: string | null;
  hls_playback_url: string | null;
  relay_status: string;
  relay_started_at: Date | null;
  streaming_platform: string;
  /** The live input's uid, not a key. */
  stream_key_id: string | null;
  agora_resource_id: string | null;
  agora_sid: string | null;
  is_live: boolean;
  dark_since: Date | null;
  hostless_since: Date | null;
  created_at: Date;
  updated_at: Date;
}

export type EffectStatus = "open" | "succeeded" | "failed" | "cancelled" | "dead";

export interface SessionRow {
  id: string;
  channel_id: number;
  number: number;
  cause: string;
  opened_at: Date;
  live_at: Date | null;
  closed_at: Date | null;
  end_reason: string | null;
  recording_sids: string[];
  files: unknown;
  upload: string | null;
  /** Cloudflare's clock, normalised to nine fraction digits, so text. */
  ingest_connected_at: string | null;
  /** The one to show where there is room for one, which is in `videos` too. */
  video_uid: string | null;
  video: SessionVideo | null;
  /** The oldest first. */
  videos: SessionVideo[];
  video_uids: string[];
  /** Whether there is one to be deleted when its time has come. */
  keeps_video: boolean;
  recorded_seconds: number;
  recorded_seconds_without_host: number;
  recorded_seconds_media_push: number;
  resolution: Resolution;
  counting: Counting | null;
  /** Our clock's milliseconds; the oldest first. */
  drops: { from: number; to: number | null }[];
}

export interface ApiKeyRow {
  id: number;
  name: string;
  scope: "read" | "operate" | "admin";
  prefix: string;
  secret_hash: Buffer;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}
