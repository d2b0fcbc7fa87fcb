import { type ChannelState, type DecideContext, type Decision, effectOf, type EffectType } from "../live/index.ts";
import { decideAll } from "./decide-all.ts";

export interface NewCalls {
  /** Provider calls that the new state asks for and the old one did not. */
  effects: EffectType[];
  /** Whether one of them starts something, or leads to it. Questions and stops don't. */
  starts: boolean;
}

/** Compares what two states of a channel would have us do at the same moment. Pure. */
export function newCalls(before: ChannelState, after: ChannelState, now: number, context: DecideContext): NewCalls {
  const known = new Set(wanted(before, now, context).map(identityOf));
  const added = wanted(after, now, context).filter((decision) => !known.has(identityOf(decision)));
  const effects = added.flatMap((decision) => effectOf(after.channelId, decision)?.type ?? []);
  return { effects: [...new Set(effects)], starts: added.some(isStart) };
}

function wanted(state: ChannelState, now: number, context: DecideContext): Decision[] {
  return decideAll(state, now, context).decided.map(({ event }) => event);
}

/** Counters differ between two histories of one channel, so a decision is the same if it is about the same thing. */
function identityOf(decision: Decision): string {
  return "resourceId" in decision && decision.resourceId !== null
    ? `${decision.type} ${decision.resourceId}`
    : decision.type;
}

function isStart({ type }: Decision): boolean {
  return (
    type === "SessionOpened" ||
    type === "LiveInputRequested" ||
    type === "RelayRequested" ||
    type === "RepointRequested"
  );
}
