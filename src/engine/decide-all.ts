import { type ChannelState, decide, type DecideContext, type Decision, evolve } from "../live/index.ts";

/** A decision and the state with it. */
export interface Decided {
  /** When it was decided, ms. */
  at: number;
  event: Decision;
  after: ChannelState;
}

export interface Settled {
  state: ChannelState;
  decided: Decided[];
  /** When to look again even if nothing arrives (ms, database's clock). */
  wakeAt: number | null;
  /** True if there was no end to the decisions: a bug, and the last ones are in `decided`. */
  runaway: boolean;
}

/** Honest chains are three long (session, live input or relay); anything near this is a circle. */
const roundsMost = 10;
/** A channel that never settles, or wants to be woken at once and then does nothing, is looked at this much later. */
const notBeforeMs = { runaway: 60_000, idle: 1_000 };

/** Decides, folds what was decided, and decides again until nothing more is asked for. Pure. */
export function decideAll(before: ChannelState, now: number, context: DecideContext): Settled {
  let state = before;
  const decided: Decided[] = [];
  for (let round = 0; round < roundsMost; round++) {
    const { decisions, wakeAt } = decide(state, now, context);
    if (decisions.length === 0) {
      return { state, decided, wakeAt: wakeAt === null ? null : later(wakeAt, now), runaway: false };
    }
    for (const event of decisions) {
      state = evolve(state, { at: now, event }, context.policy).state;
      decided.push({ at: now, event, after: state });
    }
  }
  return { state, decided, wakeAt: now + notBeforeMs.runaway, runaway: true };
}

function later(wakeAt: number, now: number): number {
  return wakeAt > now ? wakeAt : now + notBeforeMs.idle;
}
