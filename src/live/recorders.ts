import type { RelayMode } from "./events.ts";
import { modeTraits } from "./modes.ts";
import type { Policy } from "./policy.ts";
import { askAgainMs } from "./questions.ts";
import type { ChannelState, Recorder } from "./state.ts";

/** Ended recorders that are remembered, so that their late notifications find them. */
const endedMost = 20;

/** A start that was asked for, before anything is known of it. */
export function acquiredRecorder(of: {
  session: number;
  attempt: number;
  uid: number;
  mode: RelayMode;
  hosts: number[] | undefined;
  at: number;
}): Recorder {
  return {
    session: of.session,
    attempt: of.attempt,
    uid: of.uid,
    mode: of.mode,
    liveUid: of.uid,
    workers: {},
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
    ...(of.hosts !== undefined && { layout: { shown: of.hosts, rounds: 0, asked: null } }),
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

/** What carries its picture. */
export function modeOf({ mode = "cloud-recording" }: Recorder): RelayMode {
  return mode;
}

/** After so long without being found it doesn't move to another machine: it is gone. */
export function lostAfterMs(recorder: Recorder, { workerLostMs }: Policy): number {
  return workerLostMs * modeTraits[modeOf(recorder)].movingTime;
}

/**
 * When a recorder that isn't found is asked about again (our clock, ms); the last time when its absence begins to count.
 *
 * @returns null if it is found, as far as we know
 */
export function missingCheckAt(recorder: Recorder, policy: Policy): number | null {
  const { missingAt, check } = recorder;
  if (missingAt === null) return null;
  const lastAsked = Math.max(check?.askedAt ?? 0, missingAt);
  const decisive = missingAt + lostAfterMs(recorder, policy);
  return lastAsked < decisive ? Math.min(lastAsked + askAgainMs, decisive) : lastAsked + askAgainMs;
}

/** Whether there is something to ask about it and to stop it by. */
export function isReachable(recorder: Recorder): boolean {
  return recorder.recordingSid !== null || (modeTraits[modeOf(recorder)].isFoundByName && !neverStarted(recorder));
}

/** It was never started, and won't be. */
export function neverStarted(recorder: Recorder): boolean {
  return recorder.state === "acquired" && recorder.start === "refused";
}

/** How many updates it was told of so far, which is the number of the next. */
export function updatesOf({ repoints, layout }: Recorder): number {
  return repoints + (layout?.rounds ?? 0);
}

/** The push of the worker that is live now. */
export function liveRtmp(recorder: Recorder): Recorder["rtmp"][string] | null {
  return recorder.rtmp[recorder.liveUid] ?? null;
}

/**
 * When an end that no accepted stop explains is to be asked about; null if there is nothing to ask. A failover leaves a worker
 * behind that may report its end, and the one that goes on costs money: it is found within 90 s (Agora docs: best
 * practices).
 */
export function endCheckAt(recorder: Recorder, policy: Policy): number | null {
  const { state, endedAt, proof, stop, recordingSid, check } = recorder;
  if (state !== "ended" || endedAt === null || proof !== null || recordingSid === null) return null;
  if (stop?.acceptedOnce === true) return null;
  const at = endedAt + lostAfterMs(recorder, policy);
  const isAnswered = check?.answeredAt != null && !check.failed && check.askedAt >= at;
  return isAnswered ? null : at;
}

export function runs(recorder: Recorder): boolean {
  return recorder.state === "running" || recorder.state === "stopping";
}

/**
 * The worker that is live: the newest that took over, as a failover announces it (12). If that notification is lost,
 * the successor's own tell of it. The first one is never live again once another was heard of.
 */
function liveWorker({ uid, workers }: Recorder): number {
  let live = { uid, sentAt: -1 };
  for (const [key, { sentAt, replaced }] of Object.entries(workers)) {
    if (replaced || Number(key) === uid) continue;
    if (sentAt > live.sentAt || (sentAt === live.sentAt && Number(key) > live.uid)) live = { uid: Number(key), sentAt };
  }
  return live.uid;
}

/**
 * A reported end counts for the worker that is live: after a failover the old worker's end is no end. So the same
 * notifications add up to the same state in any order. An end that an answer to our own call proved is for good.
 */
function derive(recorder: Recorder, at: number): Recorder {
  const liveUid = liveWorker(recorder);
  const ended = recorder.proof !== null || recorder.ends[liveUid]?.refuted === false;
  const state = ended
    ? "ended"
    : recorder.runningAt === null
      ? "acquired"
      : recorder.stop?.acceptedOnce === true
        ? "stopping"
        : "running";
  const endedAt = ended ? (recorder.endedAt ?? at) : null;
  return { ...recorder, liveUid, state, endedAt, at: state === recorder.state ? recorder.at : at };
}

function forgetEnded(recorders: Record<string, Recorder>): Record<string, Recorder> {
  const ended = Object.entries(recorders).filter(([, recorder]) => recorder.state === "ended");
  if (ended.length <= endedMost) return recorders;
  const oldest = ended.sort(([, a], [, b]) => (b.endedAt ?? 0) - (a.endedAt ?? 0)).slice(endedMost);
  const gone = new Set(oldest.map(([resourceId]) => resourceId));
  return Object.fromEntries(Object.entries(recorders).filter(([resourceId]) => !gone.has(resourceId)));
}
