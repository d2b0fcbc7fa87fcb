/**
 * What the core of a channel can learn. One member of `LiveEvent` per fact, past tense, in our words: a provider's
 * numbers and field names end in `webhooks/` and `providers/`.
 *
 * Times named `at` are ours (milliseconds since 1970, the database's clock). Times named `ts`, `sentAt` and `updatedAt`
 * are a provider's, and are only ever compared with times of the same provider and the same thing.
 */

export type RelayMode = "cloud-recording" | "media-push";

/** State of the RTMP push as Agora names it (Cloud Recording event 100 and `query`). */
export type RtmpStatus = "connecting" | "publishing" | "onhold" | "disconnected";

/** Why a provider call failed, in a form that can be stored and shown: never a secret, never a whole body. */
export interface ProviderError {
  provider: "agora" | "cloudflare";
  operation: string;
  /** HTTP status, or null when no answer came. */
  status: number | null;
  /** The provider's own code, if the body carried one. */
  code: number | string | null;
  message: string;
}

// ---------------------------------------------------------------------------------------------- who is in the channel

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

// -------------------------------------------------------------------------------------------------------- the recorder

interface RecorderEvent {
  /** The uid in the notification: ours, or the new one after a failover. */
  uid: number;
  /** Agora's id of the recording (`payload.sid`). */
  recordingSid: string;
  /** Agora's counter of this recording's notifications, from 0. */
  sequence: number;
  /** Milliseconds, Agora's clock (`sendts`). */
  sentAt: number;
}

/** The recorder runs (Agora 70, 40). */
export interface RecorderStarted extends RecorderEvent {
  type: "RecorderStarted";
}

/** The recorder is over (Agora 71, 11, 31, 32, 72). */
export interface RecorderEnded extends RecorderEvent {
  type: "RecorderEnded";
  cause: "stopped" | "exited" | "uploaded" | "capability_limit";
  /** `details.code` of 71, `exitStatus` of 11, else null. 0 is a normal end. */
  code: number | null;
  message: string;
  files: string[];
}

/** The push changed (Agora 100). */
export interface RtmpStatusChanged extends RecorderEvent {
  type: "RtmpStatusChanged";
  status: RtmpStatus;
}

/** Agora moved the recorder to another machine (Agora 12); REST calls keep the old uid. */
export interface RecorderFailedOver extends RecorderEvent {
  type: "RecorderFailedOver";
  newUid: number;
}

/** Agora reports an error of the recording (Agora 1). Level 5 is fatal: ask with `query`. */
export interface RecorderErrored extends RecorderEvent {
  type: "RecorderErrored";
  level: number;
  code: number | null;
  message: string;
}

/** Any other notification of a recording: a sign of life and nothing more (Agora 2, 3, 4, 30, 33, 41-45, 73). */
export interface RecorderSeen extends RecorderEvent {
  type: "RecorderSeen";
  what: string;
  files: string[];
}

// ---------------------------------------------------------------------------------------------------- Cloudflare's end

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

/** The broadcast's recording can be watched, or could not be made. Kept on the session, not in the state. */
export interface VideoProcessed {
  type: "VideoProcessed";
  video: string;
  ready: boolean;
  /** Cloudflare's `created` of the video, normalised like `updatedAt`; null if the body had none. */
  createdAt: string | null;
  /** Seconds; null when Cloudflare says -1 or nothing. */
  durationSeconds: number | null;
  hls: string | null;
  dash: string | null;
  thumbnail: string | null;
  error: { code: string; message: string } | null;
}

// ------------------------------------------------------------------------------------------- the app and the operators

/** The app or an operator said who the host is, and how to carry the picture. */
export interface ChannelRegistered {
  type: "ChannelRegistered";
  hostUid: number | null;
  relayMode: RelayMode | null;
}

export interface StartRequested {
  type: "StartRequested";
}

export interface StopRequested {
  type: "StopRequested";
}

export interface HoldReleased {
  type: "HoldReleased";
}

/** An operator wants a dead stop tried again. */
export interface StopRetried {
  type: "StopRetried";
  resourceId: string;
}

// ------------------------------------------------------------------------------------------ decisions (source `tally`)

export interface SessionOpened {
  type: "SessionOpened";
  /** The channel's n-th session; its id is `{channelId}-{n}`. */
  session: number;
  cause: "host" | "manual";
}

export type EndReason = "host_left" | "no_host" | "operator_stop" | "max_duration" | "gave_up" | "replay";

/** From here on this session wants no recorder; what still runs is stopped. */
export interface SessionEnding {
  type: "SessionEnding";
  session: number;
  reason: EndReason;
}

export interface SessionClosed {
  type: "SessionClosed";
  session: number;
  reason: EndReason;
}

export interface LiveInputRequested {
  type: "LiveInputRequested";
  /** Counted over the channel's life. */
  attempt: number;
}

export interface RelayRequested {
  type: "RelayRequested";
  session: number;
  /** Counted within the session, from 1. */
  attempt: number;
  /** The recorder's uid for this attempt. */
  uid: number;
  mode: RelayMode;
  /** A resource acquired by an earlier attempt, still fresh, to start again instead of acquiring another. */
  resourceId: string | null;
}

/** A relay that was wanted is not any more (its recorder died, or its picture could not be brought back). */
export interface RelayReleased {
  type: "RelayReleased";
  session: number;
  attempt: number;
  why: "recorder_ended" | "recorder_lost" | "ingest_lost" | "not_confirmed" | "start_unanswered";
}

export interface RecorderStopRequested {
  type: "RecorderStopRequested";
  resourceId: string;
  /** 1 for the first try at stopping this recorder. */
  round: number;
}

/** Ten minutes of stops did not hold: a person must look, it costs money. */
export interface RecorderStopDied {
  type: "RecorderStopDied";
  resourceId: string;
  round: number;
  /** What the last answer was. */
  error: string;
}

export interface RepointRequested {
  type: "RepointRequested";
  session: number;
  attempt: number;
  resourceId: string;
  round: number;
}

export interface PresenceCheckRequested {
  type: "PresenceCheckRequested";
  check: number;
}

export interface RecorderCheckRequested {
  type: "RecorderCheckRequested";
  check: number;
  resourceId: string;
}

export interface IngestCheckRequested {
  type: "IngestCheckRequested";
  check: number;
}

export type HoldReason = "operator_stop" | "max_duration" | "gave_up" | "replay";

export interface HoldSet {
  type: "HoldSet";
  /** Counted over the channel's life. */
  hold: number;
  reason: HoldReason;
}

export interface HoldCleared {
  type: "HoldCleared";
  hold: number;
}

// ------------------------------------------------------------------------------------------ outcomes (source `tally`)

export interface LiveInputReady {
  type: "LiveInputReady";
  liveInput: string;
  /** `https://customer-….cloudflarestream.com`, if configured or told; null hides the playback links. */
  playbackBase: string | null;
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

export interface RecorderAcquired {
  type: "RecorderAcquired";
  session: number;
  attempt: number;
  uid: number;
  resourceId: string;
}

/** `start` answered 200. */
export interface RecorderStartAccepted {
  type: "RecorderStartAccepted";
  resourceId: string;
  recordingSid: string;
}

/**
 * `start` answered 201/7 (this resource has started already) or 400/53 (one with this uid runs). Which recording it is
 * comes from `recordingSid` if the body had one, else from the next notification of that uid.
 */
export interface RecorderAlreadyRunning {
  type: "RecorderAlreadyRunning";
  session: number;
  attempt: number;
  uid: number;
  resourceId: string;
  /** `this_resource`: 201/7. `same_uid`: 400/53, so `resourceId` itself never started. */
  which: "this_resource" | "same_uid";
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

export interface CheckFailed {
  type: "CheckFailed";
  check: number;
  error: ProviderError;
}

export type PresenceEvent = HostJoined | HostLeft | AudienceSeen | ChannelDestroyed;
export type RecordingEvent =
  RecorderStarted | RecorderEnded | RtmpStatusChanged | RecorderFailedOver | RecorderErrored | RecorderSeen;
export type CloudflareEvent = IngestConnected | IngestDisconnected | IngestErrored | VideoProcessed;
/** What a webhook can mean. */
export type ProviderEvent = PresenceEvent | RecordingEvent | CloudflareEvent;
/** What a person or the seller's app can ask for. */
export type OperatorEvent = ChannelRegistered | StartRequested | StopRequested | HoldReleased | StopRetried;
/** What `decide` can say. */
export type Decision =
  | SessionOpened
  | SessionEnding
  | SessionClosed
  | LiveInputRequested
  | RelayRequested
  | RelayReleased
  | RecorderStopRequested
  | RecorderStopDied
  | RepointRequested
  | PresenceCheckRequested
  | RecorderCheckRequested
  | IngestCheckRequested
  | HoldSet
  | HoldCleared;
/** What performing an effect can bring. */
export type Outcome =
  | LiveInputReady
  | LiveInputFailed
  | LiveInputGone
  | RecorderAcquired
  | RecorderStartAccepted
  | RecorderAlreadyRunning
  | RelayStartFailed
  | RecorderStopAccepted
  | RecorderStopConfirmed
  | RecorderStopFailed
  | RepointAccepted
  | RepointFailed
  | PresenceChecked
  | RecorderChecked
  | IngestChecked
  | CheckFailed;
export type LiveEvent = ProviderEvent | OperatorEvent | Decision | Outcome;
