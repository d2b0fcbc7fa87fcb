import type { RelayMode } from "./shared.ts";

export interface SessionOpened {
  type: "SessionOpened";
  /** The channel's n-th session; its id is `{channelId}-{n}`. */
  session: number;
  cause: "host" | "manual";
  /** Of the picture that this session's recorders are asked for. Not there: HD. */
  resolution?: "FHD";
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

/** A recorder that can't be stopped still pushes, and nobody is live: Cloudflare is to refuse its picture. */
export interface LiveInputDisableRequested {
  type: "LiveInputDisableRequested";
  /** Counted over the channel's life. */
  round: number;
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
  why: "recorder_ended" | "ingest_lost" | "rtmp_disconnected" | "not_confirmed";
  /** Relays lost in a row, this one included; a relay that was healthy for long starts the count anew. */
  restarts: number;
}

/** A recorder of this session that was given up for lost runs after all (its start was never answered): it is the one. */
export interface RelayAdopted {
  type: "RelayAdopted";
  session: number;
  attempt: number;
  uid: number;
  mode: RelayMode;
  resourceId: string;
}

/** No relay may be started now: all places are taken. Decided once, until a relay is requested. */
export interface RelayPostponed {
  type: "RelayPostponed";
  session: number;
  /** The attempt that waits. */
  attempt: number;
}

/** A recorder that nobody can find any more, for longer than a move to another machine takes. */
export interface RecorderPresumedEnded {
  type: "RecorderPresumedEnded";
  resourceId: string;
  /** The last question about it, 0 if there was none: it may speak again, and be presumed ended once more. */
  check: number;
  why: "not_found" | "expired";
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
  /** Counts all updates of this recorder from 0, those of its layout included. Media Push goes by it. */
  sequence?: number;
}

/** Other hosts are here than the recorder shows. */
export interface LayoutRequested {
  type: "LayoutRequested";
  session: number;
  attempt: number;
  resourceId: string;
  round: number;
  /** Counts all updates of this recorder from 0, those of its push included. */
  sequence: number;
  hosts: number[];
}

/** Others than the keys with which this recorder writes its files, since those end. */
export interface StorageRenewalRequested {
  type: "StorageRenewalRequested";
  resourceId: string;
  /** 1 for the first time that this recorder gets others. */
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

/** The webhook of a session's video is overdue: Cloudflare is asked which videos there are. */
export interface VideoCheckRequested {
  type: "VideoCheckRequested";
  session: number;
  /** Counts the questions about this session. */
  round: number;
  /** How much of the series of waits is behind it with this one. */
  step: number;
  /** The series ends with it. */
  last: boolean;
}

export interface VideoDeletionRequested {
  type: "VideoDeletionRequested";
  session: number;
  video: string;
  /** 1 for the first try at deleting this video. */
  round: number;
}

/** A video could not be deleted for half a day: a person must look. */
export interface VideoDeletionDied {
  type: "VideoDeletionDied";
  session: number;
  video: string;
  round: number;
  /** What the last answer was. */
  error: string;
}

/** Whether viewers can watch is to be asked. */
export interface PlaybackCheckRequested {
  type: "PlaybackCheckRequested";
  check: number;
  /** Counted over the channel's life. */
  broadcast: number;
  /** It is the last of those that are planned, or comes after them: by now it should play. */
  last: boolean;
}

/** Viewers have come to the end of this broadcast: the next picture makes another. */
export interface BroadcastEnded {
  type: "BroadcastEnded";
  /** Counted over the channel's life. */
  broadcast: number;
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

/** What is told to the app of a channel's broadcasts. */
export type AnnouncementType =
  "live.started" | "live.playable" | "live.degraded" | "live.ended" | "recording.failed" | "video.ready";

/** The app is to be told. What the notification says beside is read off the state with this decision. */
export type Announced = { type: "Announced"; session: number } & (
  | {
      notification: Exclude<AnnouncementType, "recording.failed" | "video.ready">;
      /** Counted over the channel's life, as of the next. */
      n: number;
    }
  | { notification: "recording.failed"; n: number; problem: Problem }
  /** Videos are no part of the state: once per session and video. */
  | { notification: "video.ready"; video: string }
);

/**
 * What keeps a channel from what it should do, and that a person should know. Of a recorder that can't be stopped, which
 * one.
 */
export type Problem = "not_starting" | "gave_up" | "ingest_refused" | `stop_failed:${string}`;

/** What `decide` can say. */
export type Decision =
  | SessionOpened
  | SessionEnding
  | SessionClosed
  | LiveInputRequested
  | LiveInputDisableRequested
  | RelayRequested
  | RelayReleased
  | RelayAdopted
  | RelayPostponed
  | RecorderPresumedEnded
  | RecorderStopRequested
  | RecorderStopDied
  | RepointRequested
  | LayoutRequested
  | StorageRenewalRequested
  | PresenceCheckRequested
  | RecorderCheckRequested
  | IngestCheckRequested
  | VideoCheckRequested
  | VideoDeletionRequested
  | VideoDeletionDied
  | PlaybackCheckRequested
  | BroadcastEnded
  | HoldSet
  | HoldCleared
  | Announced;
