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
  const count = (meter: Meter, number: number) => countOn(meter, recordersOf(number, before, state), before.host, at);
  const { [session.number]: _, ...earlier } = { ...state.meters, ...meterOf(before) };
  const remembered = new Set(Object.values(state.recorders).map((recorder) => recorder.session));
  const kept = Object.entries(earlier).filter(([number]) => remembered.has(Number(number)));
  const { meters: __, ...rest } = state;
  return {
    ...rest,
    session: { ...session, meter: count(session.meter, session.number) },
    ...(kept.length === 0
      ? {}
      : { meters: Object.fromEntries(kept.map(([number, meter]) => [number, count(meter, Number(number))])) }),
  };
}

/** Of the session that an event may have replaced by another. */
function meterOf({ session }: ChannelState): Record<string, Meter> {
  return session === null ? {} : { [session.number]: session.meter };
}

interface Change {
  before: Recorder;
  after: Recorder | undefined;
}

function recordersOf(session: number, before: ChannelState, after: ChannelState): Change[] {
  return Object.entries(before.recorders)
    .filter(([, recorder]) => recorder.session === session)
    .map(([id, recorder]) => ({ before: recorder, after: after.recorders[id] }));
}

function countOn(meter: Meter, recorders: Change[], host: ChannelState["host"], at: number): Meter {
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
