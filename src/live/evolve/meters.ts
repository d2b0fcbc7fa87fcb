import { modeOf, runs } from "../recorders.ts";
import type { ChannelState, Meter, Recorder } from "../state.ts";

/**
 * Counts the time up to `at` for the session that each recorder was started for. One may outlive its session, and still
 * run when the next is open: a session's meter is kept as long as a recorder of it is remembered.
 *
 * @param before - the state before the event: the time up to `at` was spent in it
 */
export function settleMeters(before: ChannelState, state: ChannelState, at: number): ChannelState {
  const { session } = state;
  if (session === null) return state;
  const counting = countingRecorders(before, state);
  const count = (meter: Meter, number: number) => countOn(meter, counting.get(number) ?? none, before.host, at);
  const meters: Record<string, Meter> = {};
  let isKept = false;
  const remembered = new Set(Object.values(state.recorders).map((recorder) => recorder.session));
  for (const number of remembered) {
    const meter = number === session.number ? undefined : earlierMeter(before, state, number);
    if (meter === undefined) continue;
    meters[number] = count(meter, number);
    isKept = true;
  }
  const { meters: _, ...rest } = state;
  return {
    ...rest,
    session: { ...session, meter: count(session.meter, session.number) },
    ...(isKept && { meters }),
  };
}

/** Of a session before the open one; an event may just have replaced it by another. */
function earlierMeter(before: ChannelState, state: ChannelState, number: number): Meter | undefined {
  return before.session?.number === number ? before.session.meter : state.meters?.[number];
}

interface Change {
  before: Recorder;
  after: Recorder | undefined;
}

const none: readonly Change[] = [];

/** By session, the recorders that ran. Of twenty that are remembered one does, or none, and this is done for every event. */
function countingRecorders(before: ChannelState, after: ChannelState): Map<number, Change[]> {
  const counting = new Map<number, Change[]>();
  for (const [id, recorder] of Object.entries(before.recorders)) {
    const change = { before: recorder, after: after.recorders[id] };
    if (!runs(recorder) && (change.after === undefined || !runs(change.after))) continue;
    const others = counting.get(recorder.session);
    if (others === undefined) counting.set(recorder.session, [change]);
    else others.push(change);
  }
  return counting;
}

function countOn(meter: Meter, recorders: readonly Change[], host: ChannelState["host"], at: number): Meter {
  const until = Math.max(meter.at, at);
  const counted = { at: until, withHostMs: meter.withHostMs, withoutHostMs: meter.withoutHostMs };
  let { mediaPushMs = 0 } = meter;
  for (const recorder of recorders) {
    const from = uncountedFrom(recorder, meter.at);
    if (from === null) continue;
    const sinceChange = until - Math.min(until, Math.max(from, host.sinceAt ?? from));
    const beforeChange = until - from - sinceChange;
    counted.withHostMs += host.present ? sinceChange : beforeChange;
    counted.withoutHostMs += host.present ? beforeChange : sinceChange;
    if (modeOf(recorder.before) === "media-push") mediaPushMs += until - from;
  }
  return mediaPushMs === 0 ? counted : { ...counted, mediaPushMs };
}

/** One that passed for ended and turns out to run has run all the time. */
function uncountedFrom({ before, after }: Change, countedUntil: number): number | null {
  if (runs(before)) return countedUntil;
  return after !== undefined && runs(after) ? before.endedAt : null;
}
