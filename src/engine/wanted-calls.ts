import { type ChannelState, type DecideContext, type Decision, effectOf, type EffectType } from "../live/index.ts";
import { decideAll } from "./decide-all.ts";

export interface NewCalls {
  /** Provider calls that the new state asks for and the old one did not. */
  effects: EffectType[];
  /** Whether one of them starts something, or leads to it. Questions and stops don't. */
  starts: boolean;
  /** Whether a recorder would come of them, at once or after others: that costs for as long as it runs. */
  isPaid: boolean;
}

/** Compares what two states of a channel would have us do at the same moment. Pure. */
export function newCalls(before: ChannelState, after: ChannelState, now: number, context: DecideContext): NewCalls {
  const known = new Set(wanted(before, now, context).map(identityOf));
  const added = wanted(after, now, context).filter((decision) => !known.has(identityOf(decision)));
  const effects = added.flatMap((decision) => effectOf(after.channelId, decision)?.type ?? []);
  return { effects: [...new Set(effects)], starts: added.some(isStart), isPaid: added.some(leadsToRecorder) };
}

/**
 * Whether a replay's hold keeps a channel from nothing, so that it can be lifted: without it nothing would be started now,
 * and nothing later either unless something new happens. That is so where nobody is here and nothing is open, and where
 * the relay that the session wants is well. A relay that is missed, or a start that waits for its next try, would be
 * started by the clock alone. Pure.
 */
export function isHoldIdle(state: ChannelState, now: number, context: DecideContext): boolean {
  const { hold, host, manualAt, relay, session } = state;
  if (hold?.reason !== "replay" || wanted({ ...state, hold: null }, now, context).some(isStart)) return false;
  const isQuiet = !host.present && manualAt === null && (session === null || session.ending !== null);
  return isQuiet || (relay?.healthyAt ?? null) !== null;
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

function isStart(decision: Decision): boolean {
  return leadsToRecorder(decision) || decision.type === "RepointRequested";
}

function leadsToRecorder({ type }: Decision): boolean {
  return type === "SessionOpened" || type === "LiveInputRequested" || type === "RelayRequested";
}
