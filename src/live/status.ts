import type { HoldReason, RelayMode, RtmpStatus } from "./events.ts";
import type { ChannelState } from "./state.ts";

export type StatusState = "idle" | "starting" | "recording" | "stopping" | "stopped" | "error";

/** Why a channel is not as the seller wants it; `code` is stable, `message` is for her to read. */
export interface StatusReason {
  code: ReasonCode;
  message: string;
}

export type ReasonCode =
  | "recorder_start_failed"
  | "live_input_failed"
  | "gave_up"
  | "capacity"
  | "ingest_lost"
  | "ingest_codec_unsupported"
  | "ingest_error"
  | "storage_quota"
  | "subscription_missing"
  | "rtmp_disconnected"
  | "recorder_lost"
  | "recorder_stop_failed"
  | "host_away"
  | "operator_stop"
  | "max_duration"
  | "replay";

/** The one answer to "am I live, and if not, why not". Times are ISO 8601 in UTC. */
export interface Status {
  channel: string;
  channelId: number;
  state: StatusState;
  /** A recorder of ours runs. */
  isRecording: boolean;
  /** Host present, recorder running, push not known to be broken, Cloudflare connected for this relay. */
  live: boolean;
  playable: boolean;
  reason: StatusReason | null;
  hold: { reason: HoldReason } | null;
  host: { present: boolean; since: string | null };
  relay: {
    mode: RelayMode;
    state: "none" | "requested" | "starting" | "running" | "stopping";
    rtmp: RtmpStatus | null;
  };
  ingest: {
    state: "unknown" | "connected" | "disconnected" | "errored";
    since: string | null;
    error: { code: string; message: string } | null;
  };
  playback: { hls: string; dash: string; iframe: string } | null;
  sessionId: string | null;
  startedAt: string | null;
  liveAt: string | null;
  stoppedAt: string | null;
  version: number;
  updatedAt: string;
}

/** What of a channel's row the status needs beside its state. */
export interface StatusContext {
  channel: string;
  version: number;
  /** Milliseconds. */
  updatedAt: number;
  defaultMode: RelayMode;
}

export function toStatus(state: ChannelState, context: StatusContext): Status {
  throw new Error(`not written yet: ${state.channelId} ${context.channel}`);
}
