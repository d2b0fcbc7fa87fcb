import type {
  LiveInputConfigured,
  LiveInputDisableFailed,
  LiveInputFailed,
  LiveInputGone,
  LiveInputReady,
  LiveInputSwitched,
  RecorderAcquired,
  RecorderAlreadyRunning,
  RecorderStartAccepted,
  RelayStartFailed,
} from "../events.ts";
import { acquiredRecorder, withRecorder } from "../recorders.ts";
import { type ChannelState, type Failure, initialState } from "../state.ts";
import { type Folded, learnt, nothing } from "./folded.ts";
import { newStorage } from "./storage.ts";

type StartOutcome =
  | LiveInputReady
  | LiveInputConfigured
  | LiveInputFailed
  | LiveInputGone
  | LiveInputSwitched
  | LiveInputDisableFailed
  | RecorderAcquired
  | RecorderStartAccepted
  | RecorderAlreadyRunning
  | RelayStartFailed;

/** Folds the outcomes on the way to a running recorder. */
export function foldStart(state: ChannelState, event: StartOutcome, at: number): Folded {
  switch (event.type) {
    case "LiveInputReady": {
      const { liveInput: uid, playbackBase, signed } = event;
      const ingest = uid === state.liveInput.uid ? state.ingest : initialState(state.channelId).ingest;
      const liveInput = { ...unsigned(state.liveInput), uid, playbackBase, pending: false };
      const ready = { ...state, ingest, liveInput: signed === undefined ? liveInput : { ...liveInput, signed } };
      return learnt(withSession(ready, { failures: 0, failure: null }));
    }
    case "LiveInputConfigured":
      if (event.liveInput !== state.liveInput.uid) return nothing(state, "that live input is not ours now");
      return learnt({ ...state, liveInput: { ...state.liveInput, signed: event.signed } });
    case "LiveInputFailed": {
      const { final, retryAfterMs, error } = event;
      const idle = { ...state, liveInput: { ...state.liveInput, pending: false } };
      return learnt(failed(idle, { at, kind: "live_input", final, retryAfterMs, error }));
    }
    case "LiveInputGone":
      if (event.liveInput !== state.liveInput.uid) return nothing(state, "that live input is not ours now");
      return learnt({
        ...state,
        liveInput: { ...unsigned(state.liveInput), uid: null, playbackBase: null, disabled: false },
        ingest: initialState(state.channelId).ingest,
      });
    case "LiveInputSwitched":
      if (event.liveInput !== state.liveInput.uid) return nothing(state, "that live input is not ours now");
      return learnt({ ...state, liveInput: { ...state.liveInput, disabled: !event.enabled } });
    case "LiveInputDisableFailed":
      return nothing(state, `not disabled: ${event.error.message}`);
    case "RecorderAcquired": {
      const { resourceId, session, attempt, uid, mode = "cloud-recording", hosts, storageUntil } = event;
      const recorder = state.recorders[resourceId] ?? {
        ...acquiredRecorder({ session, attempt, uid, mode, hosts, at }),
        ...newStorage(storageUntil, at),
      };
      const acquired = withRecorder(state, resourceId, recorder, at);
      return learnt(isWanted(acquired, event) ? { ...acquired, relay: { ...acquired.relay, resourceId } } : acquired);
    }
    case "RecorderStartAccepted": {
      const recorder = state.recorders[event.resourceId];
      if (recorder === undefined) return nothing(state, "that recorder is not known");
      const { recordingSid } = event;
      const storage = newStorage(event.storageUntil, at, recorder.storage);
      const running = { ...recorder, recordingSid, runningAt: recorder.runningAt ?? at, heardAt: at, ...storage };
      return learnt(started(withRecorder(state, event.resourceId, running, at), event.resourceId));
    }
    case "RecorderAlreadyRunning":
      return foldAlreadyRunning(state, event, at);
    case "RelayStartFailed":
      return learnt(foldStartFailed(state, event, at));
  }
}

function unsigned({ signed: _, ...liveInput }: ChannelState["liveInput"]): ChannelState["liveInput"] {
  return liveInput;
}

function foldAlreadyRunning(state: ChannelState, event: RecorderAlreadyRunning, at: number): Folded {
  if (event.which === "this_resource") {
    const recorder = state.recorders[event.resourceId];
    if (recorder === undefined) return nothing(state, "that recorder is not known");
    const recordingSid = recorder.recordingSid ?? event.recordingSid;
    const running = { ...recorder, recordingSid, runningAt: recorder.runningAt ?? at, heardAt: at };
    return learnt(started(withRecorder(state, event.resourceId, running, at), event.resourceId));
  }

  // One with this uid runs, so this resource never started. If an earlier start of ours is unaccounted for, that is it.
  const proven = endUnstarted(doubted(state, event, at), event.resourceId, "another recorder with this uid runs", at);
  const { recordingSid: told } = event;
  const [candidate] = Object.entries(proven.recorders)
    .filter(([id]) => id !== event.resourceId)
    .filter(([, recorder]) => recorder.uid === event.uid && recorder.state !== "ended" && recorder.stop === null)
    .filter(([, { recordingSid }]) => told === null || recordingSid === told || isUnknown(proven, recordingSid, told))
    .sort(([, a], [, b]) => b.acquiredAt - a.acquiredAt);
  if (candidate === undefined) {
    const error = {
      provider: "agora" as const,
      operation: "start",
      status: 400,
      code: 53,
      message: "another recorder runs with this uid",
    };
    if (!isWanted(proven, event)) return learnt(proven);
    const failure = { at, kind: "start" as const, final: false, retryAfterMs: null, error };
    const next = failed({ ...proven, relay: null }, failure);
    return learnt(withSession(next, { resume: event.resourceId }));
  }
  const [resourceId, recorder] = candidate;
  const recordingSid = recorder.recordingSid ?? event.recordingSid;
  const running = { ...recorder, recordingSid, runningAt: recorder.runningAt ?? at, heardAt: at };
  const adopted = withRecorder(proven, resourceId, running, at);
  if (!isWanted(adopted, event)) return learnt(adopted);
  return learnt(started({ ...adopted, relay: { ...adopted.relay, resourceId } }, resourceId));
}

/** An earlier start of this resource may still be carried out: this answer proves nothing about it. */
function doubted(state: ChannelState, { resourceId, mayRun }: RecorderAlreadyRunning, at: number): ChannelState {
  const recorder = state.recorders[resourceId];
  if (mayRun !== true || recorder === undefined) return state;
  return withRecorder(state, resourceId, { ...recorder, start: "doubtful" }, at);
}

/** Whether a recording that was told of can be that of a recorder without an id: none of ours is known to have it. */
function isUnknown(state: ChannelState, recordingSid: string | null, told: string): boolean {
  return recordingSid === null && Object.values(state.recorders).every((recorder) => recorder.recordingSid !== told);
}

function foldStartFailed(state: ChannelState, event: RelayStartFailed, at: number): ChannelState {
  const { resourceId, disposition, retryAfterMs, error } = event;
  const settled = resourceId === null ? state : refuse(state, resourceId, event, at);
  if (!isWanted(settled, event)) return settled;
  const kind = disposition === "capacity" ? "capacity" : "start";
  const failure = { at, kind, final: disposition === "final", retryAfterMs, error } as const;
  const next = failed({ ...settled, relay: null }, failure);
  // A full house says nothing of an earlier start of this resource, which may have been carried out.
  const isDoubtful = resourceId !== null && settled.recorders[resourceId]?.start === "doubtful";
  const resumes = disposition === "retry" || (disposition === "capacity" && isDoubtful);
  return withSession(next, { resume: resumes ? resourceId : null });
}

/** What a refused start tells of its resource: nothing was started with it, unless an earlier start may have. */
function refuse(state: ChannelState, resourceId: string, event: RelayStartFailed, at: number): ChannelState {
  const recorder = state.recorders[resourceId];
  if (recorder === undefined) return state;
  const start = event.mayRun || recorder.start === "doubtful" ? "doubtful" : "refused";
  const told = withRecorder(state, resourceId, { ...recorder, start }, at);
  return event.disposition === "retry" ? told : endUnstarted(told, resourceId, event.error.message, at);
}

/** A resource of which an answer proves that nothing was started with it. */
function endUnstarted(state: ChannelState, resourceId: string, proof: string, at: number): ChannelState {
  const recorder = state.recorders[resourceId];
  if (recorder === undefined || recorder.runningAt !== null || recorder.start === "doubtful") return state;
  return withRecorder(state, resourceId, { ...recorder, proof: `never started: ${proof}` }, at);
}

/** Whether this outcome is of the relay that is wanted now. */
function isWanted(
  state: ChannelState,
  of: { session: number; attempt: number },
): state is ChannelState & { relay: NonNullable<ChannelState["relay"]> } {
  return state.relay !== null && state.session?.number === of.session && state.relay.attempt === of.attempt;
}

/** The wanted recorder runs: what went wrong before is over. */
function started(state: ChannelState, resourceId: string): ChannelState {
  if (state.relay?.resourceId !== resourceId) return state;
  return withSession(state, { failures: 0, failure: null, resume: null });
}

function failed(state: ChannelState, failure: Failure): ChannelState {
  // A full provider is no failure of this channel: it waits for its turn, and does not use up its attempts.
  const failures = (state.session?.failures ?? 0) + (failure.kind === "capacity" ? 0 : 1);
  return withSession(state, { failures, failure });
}

function withSession(state: ChannelState, change: Partial<NonNullable<ChannelState["session"]>>): ChannelState {
  if (state.session === null || state.session.closedAt !== null) return state;
  return { ...state, session: { ...state.session, ...change } };
}
