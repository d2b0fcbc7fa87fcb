import type { Decision, RelayMode } from "./events.ts";

/** What we owe a provider. Imperative name; `key` is the key of the decision that made it, unique for ever. */
export type Effect =
  | { type: "EnsureLiveInput"; key: string; attempt: number }
  | { type: "DisableLiveInput"; key: string; round: number }
  | {
      type: "StartRelay";
      key: string;
      session: number;
      attempt: number;
      uid: number;
      mode: RelayMode;
      /** A resource to start again, or null to acquire one. */
      resourceId: string | null;
    }
  | { type: "StopRecorder"; key: string; resourceId: string; round: number }
  | {
      type: "RepointRecorder";
      key: string;
      session: number;
      attempt: number;
      resourceId: string;
      round: number;
      /** Counts this recorder's updates; not there in effects of a version that knew Cloud Recording only. */
      sequence?: number;
    }
  | {
      type: "ArrangeHosts";
      key: string;
      session: number;
      attempt: number;
      resourceId: string;
      round: number;
      sequence: number;
      hosts: number[];
    }
  | { type: "RenewStorage"; key: string; resourceId: string; round: number }
  | { type: "CheckPresence"; key: string; check: number }
  | { type: "CheckRecorder"; key: string; check: number; resourceId: string }
  | { type: "CheckIngest"; key: string; check: number }
  | { type: "CheckVideo"; key: string; session: number; round: number }
  | { type: "DeleteVideo"; key: string; session: number; video: string; round: number }
  | { type: "CheckPlayback"; key: string; check: number };

export type EffectType = Effect["type"];

/**
 * What makes a decision unique, so that the log's unique index lets it happen once, for ever.
 *
 * @param channelId - the channel that decided
 * @param decision - a fact from `decide`; the counters in it make the key
 */
export function decisionKey(channelId: number, decision: Decision): string {
  return `${channelId}:${keyWithinChannel(decision)}`;
}

function keyWithinChannel(decision: Decision): string {
  switch (decision.type) {
    case "SessionOpened":
      return `session:${decision.session}:opened`;
    case "SessionEnding":
      return `session:${decision.session}:ending`;
    case "SessionClosed":
      return `session:${decision.session}:closed`;
    case "LiveInputRequested":
      return `live-input:${decision.attempt}`;
    case "LiveInputDisableRequested":
      return `live-input:disable:${decision.round}`;
    case "RelayRequested":
      return `relay:${decision.session}:${decision.attempt}`;
    case "RelayReleased":
      return `relay:${decision.session}:${decision.attempt}:released`;
    case "RelayAdopted":
      return `relay:${decision.session}:${decision.attempt}:adopted`;
    case "RelayPostponed":
      return `relay:${decision.session}:${decision.attempt}:postponed`;
    case "RecorderPresumedEnded":
      return `recorder:${decision.resourceId}:presumed-ended:${decision.check}`;
    case "RecorderStopRequested":
      return `stop:${decision.resourceId}:${decision.round}`;
    case "RecorderStopDied":
      return `stop:${decision.resourceId}:${decision.round}:died`;
    case "RepointRequested":
      return `repoint:${decision.resourceId}:${decision.round}`;
    case "LayoutRequested":
      return `layout:${decision.resourceId}:${decision.round}`;
    case "StorageRenewalRequested":
      return `storage:${decision.resourceId}:${decision.round}`;
    case "PresenceCheckRequested":
    case "RecorderCheckRequested":
    case "IngestCheckRequested":
    case "PlaybackCheckRequested":
      return `check:${decision.check}`;
    case "VideoCheckRequested":
      return `video:${decision.session}:${decision.round}`;
    case "VideoDeletionRequested":
      return `video:${decision.video}:delete:${decision.round}`;
    case "VideoDeletionDied":
      return `video:${decision.video}:delete:${decision.round}:died`;
    case "BroadcastEnded":
      return `broadcast:${decision.broadcast}:ended`;
    case "HoldSet":
      return `hold:${decision.hold}:set`;
    case "HoldCleared":
      return `hold:${decision.hold}:cleared`;
    case "Announced":
      return decision.notification === "video.ready"
        ? `announced:${decision.session}:video:${decision.video}`
        : `announced:${decision.n}`;
  }
}

/**
 * The provider call that a decision means, or null if it is a fact for ourselves only.
 *
 * @param channelId - the channel that decided
 */
export function effectOf(channelId: number, decision: Decision): Effect | null {
  const key = decisionKey(channelId, decision);
  switch (decision.type) {
    case "LiveInputRequested":
      return { type: "EnsureLiveInput", key, attempt: decision.attempt };
    case "LiveInputDisableRequested":
      return { type: "DisableLiveInput", key, round: decision.round };
    case "RelayRequested": {
      const { session, attempt, uid, mode, resourceId } = decision;
      return { type: "StartRelay", key, session, attempt, uid, mode, resourceId };
    }
    case "RecorderStopRequested":
      return { type: "StopRecorder", key, resourceId: decision.resourceId, round: decision.round };
    case "RepointRequested": {
      const { session, attempt, resourceId, round, sequence } = decision;
      return {
        type: "RepointRecorder",
        key,
        session,
        attempt,
        resourceId,
        round,
        ...(sequence !== undefined && { sequence }),
      };
    }
    case "LayoutRequested": {
      const { session, attempt, resourceId, round, sequence, hosts } = decision;
      return { type: "ArrangeHosts", key, session, attempt, resourceId, round, sequence, hosts };
    }
    case "StorageRenewalRequested":
      return { type: "RenewStorage", key, resourceId: decision.resourceId, round: decision.round };
    case "PresenceCheckRequested":
      return { type: "CheckPresence", key, check: decision.check };
    case "RecorderCheckRequested":
      return { type: "CheckRecorder", key, check: decision.check, resourceId: decision.resourceId };
    case "IngestCheckRequested":
      return { type: "CheckIngest", key, check: decision.check };
    case "VideoCheckRequested":
      return { type: "CheckVideo", key, session: decision.session, round: decision.round };
    case "VideoDeletionRequested": {
      const { session, video, round } = decision;
      return { type: "DeleteVideo", key, session, video, round };
    }
    case "PlaybackCheckRequested":
      return { type: "CheckPlayback", key, check: decision.check };
    case "SessionOpened":
    case "SessionEnding":
    case "SessionClosed":
    case "RelayReleased":
    case "RelayAdopted":
    case "RelayPostponed":
    case "RecorderPresumedEnded":
    case "RecorderStopDied":
    case "VideoDeletionDied":
    case "BroadcastEnded":
    case "HoldSet":
    case "HoldCleared":
    case "Announced":
      return null;
  }
}
