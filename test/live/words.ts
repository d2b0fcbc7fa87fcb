import type {
  AudienceSeen,
  ChannelDestroyed,
  HostJoined,
  HostLeft,
  IngestConnected,
  IngestDisconnected,
  IngestErrored,
  ListedVideo,
  LiveInputReady,
  PresenceChecked,
  ProviderError,
  RecorderAcquired,
  RecorderEnded,
  RecorderFailedOver,
  RecorderStartAccepted,
  RecorderStarted,
  RelayStartFailed,
  RtmpStatus,
  RtmpStatusChanged,
  VideoFacts,
  VideoProcessed,
} from "../../src/live/index.ts";
import { mainUid, type Story, t0 } from "./story.ts";

/** The words in which stories are told. `seconds` are Agora's, counted from the story's beginning. */
export const liveInput = "f256e6ea9341d51eea64c9454659e576";
export const hostUid = 1001;

const seconds = (after: number): number => Math.floor(t0 / 1000) + after;

export function hostJoined(seq: number, options: Partial<HostJoined> & { after?: number } = {}): HostJoined {
  const { after = 0, ...rest } = options;
  return {
    type: "HostJoined",
    uid: hostUid,
    seq,
    ts: seconds(after),
    clientType: null,
    communication: false,
    ...rest,
  };
}

export function hostLeft(seq: number, options: Partial<HostLeft> & { after?: number } = {}): HostLeft {
  const { after = 0, ...rest } = options;
  return {
    type: "HostLeft",
    uid: hostUid,
    seq,
    ts: seconds(after),
    clientType: null,
    communication: false,
    reason: 1,
    ...rest,
  };
}

export function audienceSeen(seq: number, uid = hostUid): AudienceSeen {
  return { type: "AudienceSeen", uid, seq, ts: seconds(0), clientType: null };
}

export function channelDestroyed(after: number): ChannelDestroyed {
  return { type: "ChannelDestroyed", ts: seconds(after) };
}

/** Whoever watches is no part of most stories: without a playback host nobody is asked. */
export const liveInputReady: LiveInputReady = { type: "LiveInputReady", liveInput, playbackBase: null };

export const watchableInputReady: LiveInputReady = {
  ...liveInputReady,
  playbackBase: "https://customer-demo.cloudflarestream.com",
};

export function acquired(resourceId: string, options: Partial<RecorderAcquired> = {}): RecorderAcquired {
  return { type: "RecorderAcquired", session: 1, attempt: 1, uid: mainUid, resourceId, ...options };
}

export function startAccepted(resourceId: string, recordingSid: string): RecorderStartAccepted {
  return { type: "RecorderStartAccepted", resourceId, recordingSid };
}

export function startFailed(options: Partial<RelayStartFailed> = {}): RelayStartFailed {
  return {
    type: "RelayStartFailed",
    session: 1,
    attempt: 1,
    uid: mainUid,
    resourceId: null,
    disposition: "reacquire",
    mayRun: false,
    retryAfterMs: null,
    error: agoraError(500, 501, "no_worker_manager_available"),
    ...options,
  };
}

export function agoraError(status: number, code: number, message: string, operation = "start"): ProviderError {
  return { provider: "agora", operation, status, code, message };
}

interface Of {
  uid?: number;
  sequence?: number;
  sentAt?: number;
}

function recording(
  recordingSid: string,
  of: Of,
): { uid: number; recordingSid: string; sequence: number; sentAt: number } {
  const sequence = of.sequence ?? 0;
  return { uid: of.uid ?? mainUid, recordingSid, sequence, sentAt: of.sentAt ?? t0 + sequence };
}

export function recorderStarted(sid: string, of: Of = {}): RecorderStarted {
  return { type: "RecorderStarted", ...recording(sid, of) };
}

export function recorderEnded(sid: string, of: Of & { code?: number } = {}): RecorderEnded {
  return {
    type: "RecorderEnded",
    ...recording(sid, of),
    cause: "stopped",
    code: of.code ?? 0,
    message: "ok",
    files: [],
  };
}

export function rtmp(sid: string, status: RtmpStatus, of: Of = {}): RtmpStatusChanged {
  return { type: "RtmpStatusChanged", ...recording(sid, of), status };
}

export function failedOver(sid: string, newUid: number, of: Of = {}): RecorderFailedOver {
  return { type: "RecorderFailedOver", ...recording(sid, of), newUid };
}

/** Cloudflare's clock, in seconds from the story's beginning. */
export function connected(after: number): IngestConnected {
  return { type: "IngestConnected", liveInput, updatedAt: cloudflareTime(after) };
}

export function disconnected(after: number): IngestDisconnected {
  return { type: "IngestDisconnected", liveInput, updatedAt: cloudflareTime(after) };
}

export function errored(after: number, code: string): IngestErrored {
  return { type: "IngestErrored", liveInput, updatedAt: cloudflareTime(after), code, message: "not good" };
}

function cloudflareTime(after: number): string {
  return new Date(t0 + after * 1000).toISOString().replace("Z", "000000Z");
}

export function presenceChecked(check: number, broadcasters: number[]): PresenceChecked {
  return {
    type: "PresenceChecked",
    check,
    channelExists: broadcasters.length > 0,
    broadcasters,
    communication: false,
    audienceTotal: 3,
  };
}

/** Cloudflare's webhook about the video of a picture that began so many seconds after the story. */
export function videoReady(after: number, options: Partial<VideoProcessed> = {}): VideoProcessed {
  return { type: "VideoProcessed", ...videoFacts(after), ready: true, ...options };
}

/** The same video in a list. */
export function listed(after: number, outcome: ListedVideo["outcome"]): ListedVideo {
  return { ...videoFacts(after), outcome };
}

function videoFacts(after: number): VideoFacts {
  const links = { hls: "https://a/video.m3u8", dash: null, thumbnail: null };
  return { video: `video-${after}`, createdAt: cloudflareTime(after), durationSeconds: 60, ...links, error: null };
}

/** A host has joined and all went well: the recorder runs and Cloudflare is connected. */
export function goesLive(story: Story, ready = liveInputReady): Story {
  story.hears(hostJoined(1)).hears(ready);
  story.hears(acquired("res-1")).hears(startAccepted("res-1", "sid-1"));
  story.hears(recorderStarted("sid-1"), rtmp("sid-1", "publishing", { sequence: 1 })).hears(connected(5));
  story.wanted();
  return story;
}
