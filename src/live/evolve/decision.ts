import type { Decision, RelayAdopted, RelayRequested, SessionOpened } from "../events.ts";
import { newPlayback, playbackOf } from "../playback.ts";
import { withRecorder } from "../recorders.ts";
import type { ChannelState, Check, Recorder, Relay, Session } from "../state.ts";
import { foldAnnounced } from "./announced.ts";
import { foldDeletionDecision } from "./deletions.ts";
import { askedForStorage } from "./storage.ts";
import { askedForVideo, closedForVideo } from "./videos.ts";

/** Folds a decision of ours. It is a fact like any other, so a rebuild gets it from the log and never decides again. */
export function foldDecision(state: ChannelState, decision: Decision, at: number): ChannelState {
  switch (decision.type) {
    case "SessionOpened":
      return {
        ...state,
        session: openedSession(decision, at),
        sessions: decision.session,
        relay: null,
        ingest: { ...state.ingest, old: true },
      };
    case "SessionEnding":
      return withSession({ ...state, relay: null, manualAt: null }, decision.session, {
        ending: { at, reason: decision.reason },
      });
    case "SessionClosed":
      return withSession(closedForVideo({ ...state, relay: null }, decision.session, at), decision.session, {
        closedAt: at,
        ending: state.session?.ending ?? { at, reason: decision.reason },
      });
    case "LiveInputRequested":
      return { ...state, liveInput: { ...state.liveInput, attempts: decision.attempt, pending: true } };
    case "LiveInputDisableRequested":
      return { ...state, liveInput: { ...state.liveInput, disable: { round: decision.round, at } } };
    case "RelayRequested": {
      const { session, attempt, resourceId } = decision;
      const ingest = { ...state.ingest, old: true };
      const relay = newRelay(decision, at);
      const requested = { ...state, lastUid: decision.uid, ingest, relay };
      const attempted = withSession(requested, session, { attempts: attempt, resume: null });
      if (resourceId === null) return attempted;
      return change(attempted, resourceId, at, (recorder) => ({
        starts: recorder.starts + 1,
        start: recorder.start === "refused" ? "unanswered" : recorder.start,
      }));
    }
    case "RelayAdopted":
      return withSession({ ...state, relay: newRelay(decision, at) }, decision.session, {
        failures: 0,
        failure: null,
        resume: null,
      });
    case "RelayReleased": {
      const resourceId = state.relay?.resourceId ?? null;
      const released = resourceId === null ? state : change(state, resourceId, at, () => ({ released: true }));
      return withSession({ ...released, relay: null }, decision.session, {
        restarts: decision.restarts,
        failure: { at, kind: "lost", final: false, retryAfterMs: null, error: null },
      });
    }
    case "RelayPostponed":
      return withSession(state, decision.session, {
        failure: { at, kind: "capacity", final: false, retryAfterMs: null, error: null },
      });
    case "RecorderPresumedEnded":
      return change(state, decision.resourceId, at, () => ({ proof: decision.why }));
    case "RecorderStopRequested":
      return change(state, decision.resourceId, at, (recorder) => ({
        stop: {
          firstAt: recorder.stop?.firstAt ?? at,
          round: decision.round,
          requestedAt: at,
          acceptedAt: null,
          acceptedOnce: recorder.stop?.acceptedOnce ?? false,
          failedAt: null,
          retryAfterMs: null,
          error: recorder.stop?.error ?? null,
          dead: false,
        },
      }));
    case "RecorderStopDied":
      return change(state, decision.resourceId, at, (recorder) => ({
        stop: recorder.stop === null ? null : { ...recorder.stop, dead: true, error: decision.error },
      }));
    case "RepointRequested": {
      const repointed = change(state, decision.resourceId, at, () => ({ repoints: decision.round }));
      return repointed.relay === null ? repointed : { ...repointed, relay: { ...repointed.relay, repointedAt: at } };
    }
    case "LayoutRequested": {
      const { hosts, round } = decision;
      return change(state, decision.resourceId, at, ({ layout }) => ({
        layout: {
          ...layout,
          shown: layout?.shown ?? [],
          rounds: round,
          asked: { hosts, at, failedAt: null, failures: layout?.asked?.failures ?? 0 },
        },
      }));
    }
    case "StorageRenewalRequested":
      return change(state, decision.resourceId, at, ({ storage }) =>
        storage === undefined ? {} : { storage: askedForStorage(storage, decision.round, at) },
      );
    case "PresenceCheckRequested":
      return { ...state, checks: { ...asked(state, decision), presence: newCheck(state, decision, at) } };
    case "IngestCheckRequested":
      return { ...state, checks: { ...asked(state, decision), ingest: newCheck(state, decision, at) } };
    case "RecorderCheckRequested": {
      const check = newCheck(state, decision, at);
      return change({ ...state, checks: asked(state, decision) }, decision.resourceId, at, () => ({ check }));
    }
    case "VideoCheckRequested":
      return askedForVideo(state, decision, at);
    case "VideoDeletionRequested":
    case "VideoDeletionDied":
      return foldDeletionDecision(state, decision, at);
    case "PlaybackCheckRequested": {
      const playback = playbackOf(state);
      const check = { ...newCheck(state, decision, at), last: decision.last };
      return { ...state, checks: asked(state, decision), playback: { ...playback, tries: playback.tries + 1, check } };
    }
    case "BroadcastEnded":
      return { ...state, playback: newPlayback(decision.broadcast + 1) };
    case "HoldSet":
      return { ...state, hold: { reason: decision.reason, at }, holds: decision.hold };
    case "HoldCleared":
      return { ...state, hold: null };
    case "Announced":
      return foldAnnounced(state, decision);
  }
}

function openedSession({ session, cause, resolution }: SessionOpened, at: number): Session {
  return {
    number: session,
    cause,
    openedAt: at,
    liveAt: null,
    ending: null,
    closedAt: null,
    attempts: 0,
    failures: 0,
    restarts: 0,
    failure: null,
    resume: null,
    meter: { at, withHostMs: 0, withoutHostMs: 0 },
    ...(resolution === undefined ? {} : { resolution }),
  };
}

function newRelay({ attempt, uid, mode, resourceId }: RelayRequested | RelayAdopted, at: number): Relay {
  return {
    attempt,
    uid,
    mode,
    requestedAt: at,
    resourceId,
    confirmedAt: null,
    troubleAt: null,
    healthyAt: null,
    repointedAt: null,
  };
}

function withSession(state: ChannelState, number: number, changed: Partial<Session>): ChannelState {
  if (state.session?.number !== number) return state;
  return { ...state, session: { ...state.session, ...changed } };
}

function change(
  state: ChannelState,
  resourceId: string,
  at: number,
  changed: (recorder: Recorder) => Partial<Recorder>,
): ChannelState {
  const recorder = state.recorders[resourceId];
  return recorder === undefined ? state : withRecorder(state, resourceId, { ...recorder, ...changed(recorder) }, at);
}

function asked(state: ChannelState, decision: { check: number }): ChannelState["checks"] {
  return { ...state.checks, count: decision.check };
}

function newCheck(state: ChannelState, decision: { check: number }, at: number): Check {
  return { id: decision.check, askedAt: at, asOf: state.folded, answeredAt: null, failed: false };
}
