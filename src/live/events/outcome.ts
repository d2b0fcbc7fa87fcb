import type { VideoFacts } from "./provider.ts";
import type { ProviderError, RelayMode, RtmpStatus } from "./shared.ts";

export interface LiveInputReady {
  type: "LiveInputReady";
  liveInput: string;
  /** `https://customer-….cloudflarestream.com`, if configured or told; null hides the playback links. */
  playbackBase: string | null;
  /** Whether Cloudflare plays it with signed links only. Not there: not told. */
  signed?: boolean;
}

/** As `signed` of `LiveInputReady`, when it is otherwise than it was. */
export interface LiveInputConfigured {
  type: "LiveInputConfigured";
  liveInput: string;
  signed: boolean;
}

export interface LiveInputFailed {
  type: "LiveInputFailed";
  attempt: number;
  /** True when trying again cannot help (bad token, no subscription). */
  final: boolean;
  retryAfterMs: number | null;
  error: ProviderError;
}

/** Cloudflare answers 404 for the live input that we know: somebody deleted it. */
export interface LiveInputGone {
  type: "LiveInputGone";
  liveInput: string;
}

/** Cloudflare takes the live input's picture, or refuses it, from now on. */
export interface LiveInputSwitched {
  type: "LiveInputSwitched";
  liveInput: string;
  enabled: boolean;
}

export interface LiveInputDisableFailed {
  type: "LiveInputDisableFailed";
  round: number;
  error: ProviderError;
}

/** What a recorder is started with is known, and that it will be: from here on it may run. */
export interface RecorderAcquired {
  type: "RecorderAcquired";
  session: number;
  attempt: number;
  uid: number;
  /** Agora's id of the resource; of a converter, the name that we give it. */
  resourceId: string;
  /** Not there in events of a version that knew Cloud Recording only. */
  mode?: RelayMode;
  /** Whom it is to show from its start, if it is to be told. */
  hosts?: number[];
  /** As in `RecorderStartAccepted`, of the start that follows: its answer may be lost. */
  storageUntil?: number;
}

/** `start` answered 200; or a converter was made, whose id is the `recordingSid`. */
export interface RecorderStartAccepted {
  type: "RecorderStartAccepted";
  resourceId: string;
  recordingSid: string;
  /** When the keys end with which it writes its files (ms, the storage's clock). Not there if they don't. */
  storageUntil?: number;
}

/**
 * `start` answered 201/7 (this resource has started already) or 400/53 (one with this uid runs); or a converter of this
 * name exists. Which recording it is comes from `recordingSid` if it is told, else from the next notification of that
 * uid.
 */
export interface RecorderAlreadyRunning {
  type: "RecorderAlreadyRunning";
  session: number;
  attempt: number;
  uid: number;
  resourceId: string;
  /** `this_resource`: 201/7, or the converter. `same_uid`: 400/53, so `resourceId` itself never started. */
  which: "this_resource" | "same_uid";
  /** True when an earlier start of this resource is unaccounted for. */
  mayRun?: boolean;
  recordingSid: string | null;
}

export interface RelayStartFailed {
  type: "RelayStartFailed";
  session: number;
  attempt: number;
  uid: number;
  /** The resource that was acquired, if it came that far. */
  resourceId: string | null;
  /**
   * `retry`: the same resource may be started again. `reacquire`: only a new one. `capacity`: the provider is full.
   * `final`: trying again cannot help.
   */
  disposition: "retry" | "reacquire" | "capacity" | "final";
  /** True when the start was sent and the answer leaves open whether a recorder runs. */
  mayRun: boolean;
  retryAfterMs: number | null;
  error: ProviderError;
}

/** `stop` answered 200: accepted, not yet done. */
export interface RecorderStopAccepted {
  type: "RecorderStopAccepted";
  resourceId: string;
  round: number;
}

/** `stop` answered that nothing runs (206/435, 400/49). */
export interface RecorderStopConfirmed {
  type: "RecorderStopConfirmed";
  resourceId: string;
  round: number;
}

export interface RecorderStopFailed {
  type: "RecorderStopFailed";
  resourceId: string;
  round: number;
  /** True for `404 failed to find worker`: gone, or moving to another machine. */
  notFound: boolean;
  retryAfterMs: number | null;
  error: ProviderError;
}

export interface RepointAccepted {
  type: "RepointAccepted";
  resourceId: string;
  round: number;
}

export interface RepointFailed {
  type: "RepointFailed";
  resourceId: string;
  round: number;
  error: ProviderError;
}

export interface LayoutAccepted {
  type: "LayoutAccepted";
  resourceId: string;
  round: number;
}

export interface LayoutFailed {
  type: "LayoutFailed";
  resourceId: string;
  round: number;
  error: ProviderError;
}

/** The recorder writes its files with other keys. */
export interface StorageRenewed {
  type: "StorageRenewed";
  resourceId: string;
  round: number;
  /** When these end (ms, the storage's clock); null if they don't. */
  until: number | null;
}

export interface StorageRenewalFailed {
  type: "StorageRenewalFailed";
  resourceId: string;
  round: number;
  retryAfterMs: number | null;
  error: ProviderError;
}

/** Agora's answer to who is in the channel. */
export interface PresenceChecked {
  type: "PresenceChecked";
  check: number;
  channelExists: boolean;
  /** Uids that publish; in the communication profile, everybody. */
  broadcasters: number[];
  communication: boolean;
  audienceTotal: number | null;
}

/** Agora's answer to how a recorder is. */
export interface RecorderChecked {
  type: "RecorderChecked";
  check: number;
  resourceId: string;
  /** `not_found` is 404 `failed to find worker`: gone, or moving for up to 90 s. */
  found: "running" | "exited" | "not_found";
  rtmp: RtmpStatus | null;
}

/** Cloudflare's answer to how the live input is. */
export interface IngestChecked {
  type: "IngestChecked";
  check: number;
  liveInput: string;
  state: "connected" | "disconnected" | "errored" | "unknown";
}

/** What Cloudflare's delivery said of a broadcast. */
export interface PlaybackChecked {
  type: "PlaybackChecked";
  check: number;
  /** Null: no answer, or none to go by. */
  playable: boolean | null;
}

export interface CheckFailed {
  type: "CheckFailed";
  check: number;
  error: ProviderError;
}

/** A video as it was found in a list. */
export interface ListedVideo extends VideoFacts {
  /** `pending`: it is live, or being made. */
  outcome: "ready" | "error" | "pending";
}

/** Cloudflare's answer to which videos a session's live input has: those from this session on, the oldest first. */
export interface VideosListed {
  type: "VideosListed";
  session: number;
  round: number;
  videos: ListedVideo[];
}

export interface VideoCheckFailed {
  type: "VideoCheckFailed";
  session: number;
  round: number;
  /** The live input is gone, and with it the way to its videos. */
  notFound: boolean;
  retryAfterMs: number | null;
  error: ProviderError;
}

/** Cloudflare deleted a video, or had none of this id any more. */
export interface VideoDeleted {
  type: "VideoDeleted";
  session: number;
  video: string;
  round: number;
}

export interface VideoDeletionFailed {
  type: "VideoDeletionFailed";
  session: number;
  video: string;
  round: number;
  retryAfterMs: number | null;
  error: ProviderError;
}

/** What performing an effect can bring. */
export type Outcome =
  | LiveInputReady
  | LiveInputConfigured
  | LiveInputFailed
  | LiveInputGone
  | LiveInputSwitched
  | LiveInputDisableFailed
  | RecorderAcquired
  | RecorderStartAccepted
  | RecorderAlreadyRunning
  | RelayStartFailed
  | RecorderStopAccepted
  | RecorderStopConfirmed
  | RecorderStopFailed
  | RepointAccepted
  | RepointFailed
  | LayoutAccepted
  | LayoutFailed
  | StorageRenewed
  | StorageRenewalFailed
  | PresenceChecked
  | RecorderChecked
  | IngestChecked
  | PlaybackChecked
  | CheckFailed
  | VideosListed
  | VideoCheckFailed
  | VideoDeleted
  | VideoDeletionFailed;
