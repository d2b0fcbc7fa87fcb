import { presentHosts } from "../hosts.ts";
import { ingestConfirmed, isLive, pictureMissing } from "../picture.ts";
import { isPlayable } from "../playback.ts";
import { relayRecorder } from "../recorders.ts";
import type { ChannelState, Relay } from "../state.ts";
import { settleLostAt, settleProblems } from "./announced.ts";
import { settleMeters } from "./meters.ts";
import { settlePlayback } from "./playback.ts";

/**
 * What follows from any event: since when a host is here or not, since when the picture is well or missing, and how
 * long recorders ran.
 *
 * @param before - the state before the event: the time up to `at` was spent in it
 */
export function settle(before: ChannelState, after: ChannelState, at: number): ChannelState {
  const settled = settlePlayback(before, settleRelay(before, settleHost(before, after, at), at), at);
  return settleMeters(before, settleProblems(settleLostAt(settleFirsts(settled, at), at)), at);
}

function settleHost(before: ChannelState, state: ChannelState, at: number): ChannelState {
  const sameFacts =
    state.presence === before.presence && state.destroyedTs === before.destroyedTs && state.hostUid === before.hostUid;
  const present = sameFacts ? state.host.present : presentHosts(state).length > 0;
  // A manual start opens a session and bridges the time until a host comes to it; from then on her leaving counts.
  const isOpen = state.session !== null && state.session.ending === null;
  const manualAt = present && isOpen ? null : state.manualAt;
  if (present === state.host.present) return manualAt === state.manualAt ? state : { ...state, manualAt };
  return { ...state, manualAt, host: { ...state.host, present, sinceAt: at } };
}

function settleRelay(before: ChannelState, state: ChannelState, at: number): ChannelState {
  const { relay } = state;
  const recorder = relayRecorder(state);
  if (relay === null || recorder?.state !== "running") return state;
  const next: Relay = { ...relay, confirmedAt: relay.confirmedAt ?? (ingestConfirmed(state) ? at : null) };
  if (pictureMissing({ ...state, relay: next }) === null) {
    next.healthyAt ??= at;
    next.troubleAt = null;
    next.repointedAt = null;
  } else {
    // A recorder that was moving and is back gets the time to push again.
    const isBack = recorder.missingAt === null && (relayRecorder(before)?.missingAt ?? null) !== null;
    next.troubleAt = isBack ? at : (next.troubleAt ?? at);
    next.healthyAt = null;
  }
  return { ...state, relay: next };
}

/** When the session was first live, and when it could first be watched. */
function settleFirsts(state: ChannelState, at: number): ChannelState {
  const { session } = state;
  if (session === null || session.playableAt !== undefined) return state;
  const isFirstLive = session.liveAt === null && isLive(state);
  const firsts = isFirstLive ? { ...session, liveAt: at } : session;
  const next = isFirstLive ? { ...state, session: firsts } : state;
  return isPlayable(next) ? { ...next, session: { ...firsts, playableAt: at } } : next;
}
