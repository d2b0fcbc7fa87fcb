import type { ChannelState, Recorder } from "./state.ts";

/** Ended recorders that are remembered, so that their late notifications find them. */
const endedMost = 20;

/** A start that was asked for, before anything is known of it. */
export function acquiredRecorder(of: { session: number; attempt: number; uid: number; at: number }): Recorder {
  return {
    session: of.session,
    attempt: of.attempt,
    uid: of.uid,
    liveUid: of.uid,
    failover: null,
    recordingSid: null,
    state: "acquired",
    at: of.at,
    acquiredAt: of.at,
    runningAt: null,
    endedAt: null,
    ends: {},
    proof: null,
    rtmp: {},
    heardAt: of.at,
    missingAt: null,
    suspect: false,
    released: false,
    starts: 1,
    start: "unanswered",
    repoints: 0,
    stop: null,
    check: null,
    heard: {},
  };
}

/** The state with this recorder changed, in the one state that its facts add up to. */
export function withRecorder(state: ChannelState, resourceId: string, recorder: Recorder, at: number): ChannelState {
  const derived = derive(recorder, at);
  return { ...state, recorders: forgetEnded({ ...state.recorders, [resourceId]: derived }) };
}

/** The recorder of the wanted relay, if it came as far as a resource. */
export function relayRecorder(state: ChannelState): Recorder | null {
  const resourceId = state.relay?.resourceId ?? null;
  return resourceId === null ? null : (state.recorders[resourceId] ?? null);
}

/** The push of the worker that is live now. */
export function liveRtmp(recorder: Recorder): Recorder["rtmp"][string] | null {
  return recorder.rtmp[recorder.liveUid] ?? null;
}

export function runs(recorder: Recorder): boolean {
  return recorder.state === "running" || recorder.state === "stopping";
}

/**
 * A reported end counts for the worker that is live: after a failover the old worker's end is no end. So the same
 * notifications add up to the same state in any order. An end that an answer to our own call proved is for good.
 */
function derive(recorder: Recorder, at: number): Recorder {
  const ended = recorder.proof !== null || recorder.ends[recorder.liveUid] !== undefined;
  const state = ended
    ? "ended"
    : recorder.runningAt === null
      ? "acquired"
      : recorder.stop?.acceptedOnce === true
        ? "stopping"
        : "running";
  const endedAt = ended ? (recorder.endedAt ?? at) : null;
  return { ...recorder, state, endedAt, at: state === recorder.state ? recorder.at : at };
}

function forgetEnded(recorders: Record<string, Recorder>): Record<string, Recorder> {
  const ended = Object.entries(recorders).filter(([, recorder]) => recorder.state === "ended");
  if (ended.length <= endedMost) return recorders;
  const oldest = ended.sort(([, a], [, b]) => (b.endedAt ?? 0) - (a.endedAt ?? 0)).slice(endedMost);
  const gone = new Set(oldest.map(([resourceId]) => resourceId));
  return Object.fromEntries(Object.entries(recorders).filter(([resourceId]) => !gone.has(resourceId)));
}
