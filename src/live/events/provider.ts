import type { RtmpStatus } from "./shared.ts";

/** A user now publishes (Agora 103, 107, 111). */
export interface HostJoined {
  type: "HostJoined";
  uid: number;
  /** Agora's `clientSeq`: the order of this user's events. */
  seq: number;
  /** Unix seconds, Agora's clock. */
  ts: number;
  clientType: number | null;
  /** True for 107: in the communication profile everybody publishes, so it counts only for the registered host. */
  communication: boolean;
}

/** A user no longer publishes (Agora 104, 108, 112). */
export interface HostLeft {
  type: "HostLeft";
  uid: number;
  seq: number;
  ts: number;
  clientType: number | null;
  communication: boolean;
  /** Agora's `reason`, for people; null for a role switch. */
  reason: number | null;
}

/** A user came or went as audience (Agora 105, 106): if we hold that user for a host, the host is gone. */
export interface AudienceSeen {
  type: "AudienceSeen";
  uid: number;
  seq: number;
  ts: number;
  clientType: number | null;
}

/** The last user left and the channel is gone (Agora 102, which has no `clientSeq`). */
export interface ChannelDestroyed {
  type: "ChannelDestroyed";
  ts: number;
}

interface RecorderEvent {
  /** The uid in the notification: ours, or the new one after a failover. Null for a converter's, which carry none. */
  uid: number | null;
  /** Agora's id of the recording (`payload.sid`), or of the converter. */
  recordingSid: string;
  /** The converter's name, which is the `resourceId` of its recorder, where the notification says it. */
  name?: string;
  /** Agora's counter of this recording's notifications, from 0. Of a converter, which has none: grows with its time. */
  sequence: number;
  /** Milliseconds, Agora's clock (`sendts`). */
  sentAt: number;
}

/** The recorder runs (Agora 70, 40), or the converter was made (Media Push 1). */
export interface RecorderStarted extends RecorderEvent {
  type: "RecorderStarted";
}

/** The recorder is over (Agora 71, 11, 31, 32, 72; Media Push 4). */
export interface RecorderEnded extends RecorderEvent {
  type: "RecorderEnded";
  cause: "stopped" | "exited" | "uploaded" | "capability_limit";
  /** `details.code` of 71, `exitStatus` of 11, else null. 0 is a normal end. */
  code: number | null;
  message: string;
  files: string[];
  /** Some of the files are not in the storage but in Agora's backup (32). Not there: nobody says so. */
  backup?: true;
}

/** The push changed (Agora 100; Media Push 3). */
export interface RtmpStatusChanged extends RecorderEvent {
  type: "RtmpStatusChanged";
  status: RtmpStatus;
}

/** Agora moved the recorder to another machine (Agora 12); REST calls keep the old uid. */
export interface RecorderFailedOver extends RecorderEvent {
  type: "RecorderFailedOver";
  uid: number;
  newUid: number;
}

/** Agora reports an error of the recording (Agora 1). Level 5 is fatal: ask with `query`. */
export interface RecorderErrored extends RecorderEvent {
  type: "RecorderErrored";
  level: number;
  code: number | null;
  message: string;
}

/**
 * Any other notification of a recording: a sign of life and nothing more (Agora 2, 3, 4, 30, 33, 41-45, 73; Media
 * Push 2).
 */
export interface RecorderSeen extends RecorderEvent {
  type: "RecorderSeen";
  what: string;
  /** It comes only while the recorder runs (30, 33, 42-44, 73): enough to learn the id of a start without an answer. */
  isRunning: boolean;
  files: string[];
}

interface IngestEvent {
  /** The live input's uid. */
  liveInput: string;
  /** Cloudflare's `updated_at`, normalised to nine fraction digits and `Z`, so that text order is time order. */
  updatedAt: string;
}

export interface IngestConnected extends IngestEvent {
  type: "IngestConnected";
}

export interface IngestDisconnected extends IngestEvent {
  type: "IngestDisconnected";
}

export interface IngestErrored extends IngestEvent {
  type: "IngestErrored";
  code: string;
  message: string;
}

/** What Cloudflare tells of a video. */
export interface VideoFacts {
  video: string;
  /** Cloudflare's `created` of the video, normalised like `updatedAt`; null if it told none. */
  createdAt: string | null;
  /** Cloudflare's `modified`, normalised: when it was processed, as long as nobody changed it since. Not there: not told. */
  modifiedAt?: string;
  /** Seconds; null when Cloudflare says -1 or nothing. */
  durationSeconds: number | null;
  hls: string | null;
  dash: string | null;
  thumbnail: string | null;
  /** Whether it plays with signed links only. Not there: not told. */
  signed?: boolean;
  error: { code: string; message: string } | null;
}

/** The broadcast's recording can be watched, or could not be made. */
export interface VideoProcessed extends VideoFacts {
  type: "VideoProcessed";
  ready: boolean;
}

export type PresenceEvent = HostJoined | HostLeft | AudienceSeen | ChannelDestroyed;
export type RecordingEvent =
  RecorderStarted | RecorderEnded | RtmpStatusChanged | RecorderFailedOver | RecorderErrored | RecorderSeen;
export type CloudflareEvent = IngestConnected | IngestDisconnected | IngestErrored | VideoProcessed;
/** What a webhook can mean. */
export type ProviderEvent = PresenceEvent | RecordingEvent | CloudflareEvent;
