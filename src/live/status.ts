import type { HoldReason, RelayMode, RtmpStatus } from "./events.ts";
import { hostSince } from "./hosts.ts";
import { ingestUnrecoverable, isLive } from "./picture.ts";
import { isPlayable } from "./playback.ts";
import { isFailing } from "./problems.ts";
import { reasonOf, type StatusReason } from "./reason.ts";
import { liveRtmp, relayRecorder, runs } from "./recorders.ts";
import type { ChannelState } from "./state.ts";

export type StatusState = "idle" | "starting" | "recording" | "stopping" | "stopped" | "error";

/** The one answer to "am I live, and if not, why not". Times are ISO 8601 in UTC. */
export interface Status {
  channel: string;
  channelId: number;
  state: StatusState;
  /** A recorder of ours runs. */
  isRecording: boolean;
  /** Host present, recorder running, push not known to be broken, Cloudflare connected for this relay. */
  live: boolean;
  /** Viewers can watch: Cloudflare's delivery was asked. A drop shorter than its hold leaves it so. */
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
  /** When viewers could first watch this session. */
  playableAt: string | null;
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

/**
 * What the app, the operators and the console are shown.
 *
 * @param context - of the channel's row: its name, version and the time of its last change
 */
export function toStatus(state: ChannelState, context: StatusContext): Status {
  const { session, relay, hold } = state;
  const recorder = relayRecorder(state);
  return {
    channel: context.channel,
    channelId: state.channelId,
    state: stateOf(state),
    isRecording: Object.values(state.recorders).some(runs),
    live: isLive(state),
    playable: isPlayable(state),
    reason: reasonOf(state),
    hold: hold === null ? null : { reason: hold.reason },
    host: { present: state.host.present, since: iso(hostSince(state)?.at ?? null) },
    relay: {
      mode: relay?.mode ?? state.relayMode ?? context.defaultMode,
      state: relayStateOf(state),
      rtmp: recorder === null ? null : (liveRtmp(recorder)?.status ?? null),
    },
    ingest: {
      state: state.ingest.old ? "unknown" : state.ingest.state,
      since: state.ingest.old ? null : iso(state.ingest.sinceAt),
      error: state.ingest.old ? null : state.ingest.error,
    },
    playback: playbackOf(state),
    sessionId: session === null ? null : sessionId(state.channelId, session.number),
    startedAt: iso(session?.openedAt ?? null),
    liveAt: iso(session?.liveAt ?? null),
    playableAt: iso(session?.playableAt ?? null),
    stoppedAt: iso(session?.closedAt ?? null),
    version: context.version,
    updatedAt: new Date(context.updatedAt).toISOString(),
  };
}

/** The id of a channel's n-th session. */
export function sessionId(channelId: number, session: number): string {
  return `${channelId}-${session}`;
}

/** The first that applies. */
function stateOf(state: ChannelState): StatusState {
  const { session, hold } = state;
  const open = session !== null && session.closedAt === null;
  if (hold?.reason === "gave_up" || (open && ingestUnrecoverable(state))) return "error";
  if (hold?.reason === "operator_stop") return "stopped";
  if (!open) return session === null ? "idle" : "stopped";
  if (session.ending !== null) return "stopping";
  if (isFailing(session)) return "error";
  const recorder = relayRecorder(state);
  return recorder !== null && runs(recorder) ? "recording" : "starting";
}

function relayStateOf(state: ChannelState): Status["relay"]["state"] {
  const recorder = relayRecorder(state);
  if (state.relay === null) return Object.values(state.recorders).some(runs) ? "stopping" : "none";
  if (recorder === null) return "requested";
  return runs(recorder) ? "running" : "starting";
}

/** By the live input's id only a running broadcast plays, so the links are shown while a session is open. */
function playbackOf(state: ChannelState): Status["playback"] {
  const { uid, playbackBase } = state.liveInput;
  if (state.session === null || state.session.closedAt !== null || uid === null || playbackBase === null) return null;
  const base = `${playbackBase}/${uid}`;
  return { hls: `${base}/manifest/video.m3u8`, dash: `${base}/manifest/video.mpd`, iframe: `${base}/iframe` };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
