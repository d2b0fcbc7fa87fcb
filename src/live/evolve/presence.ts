import type { AudienceSeen, HostJoined, HostLeft, PresenceEvent } from "../events.ts";
import { countsAsHost, isPresent, precedesAnswer, presentHosts } from "../hosts.ts";
import type { ChannelState, Presence } from "../state.ts";
import { type Folded, learnt, nothing } from "./folded.ts";
import { foundLate, missingBefore } from "./missed.ts";

/** Departed users are remembered for an hour of event time, so that a late join of theirs is recognised as old. */
const departedSeconds = 3600;
const departedMost = 200;

/** Among facts of equal `clientSeq` the greater wins. */
const rank = { join: 0, leave: 1, check: 2 } as const;

export function foldPresence(
  state: ChannelState,
  event: PresenceEvent,
  at: number,
  botClientTypes: readonly number[],
): Folded {
  const heard = { ...state, host: { ...state.host, heardAt: Math.max(state.host.heardAt ?? 0, at) } };
  if (event.type === "ChannelDestroyed") {
    if (event.ts <= state.destroyedTs) return nothing(heard, `ts ${event.ts} is not newer than ${state.destroyedTs}`);
    const ended = { ...heard, destroyedTs: event.ts };
    // Her own leave should have said so before. It may be lost; or Agora's clock was ahead, and she is here.
    const contradicts = presentHosts(state).length > 0 && presentHosts(ended).length === 0;
    return learnt(contradicts ? { ...ended, doubtedAt: at } : ended);
  }

  const known = state.presence[event.uid];
  const bot = (known?.bot ?? false) || (event.clientType !== null && botClientTypes.includes(event.clientType));
  const audience = event.type === "AudienceSeen" && (known === undefined || known.audience === true);
  if (known !== undefined && !isNewer(event, known)) {
    const note = `clientSeq ${event.seq} is not newer than ${known.seq}`;
    if (bot === known.bot && audience === (known.audience === true)) return foundLate(nothing(heard, note), event);
    const { audience: _, ...rest } = known;
    const entry = { ...rest, bot, ...(audience && { audience }) };
    const told = { ...heard, presence: { ...state.presence, [event.uid]: entry } };
    return foundLate(learnt(told), event);
  }

  const entry: Presence = {
    present: event.type === "HostJoined",
    seq: event.seq,
    ts: event.ts,
    by: event.type === "HostJoined" ? "join" : "leave",
    bot,
    communication: event.type !== "AudienceSeen" && event.communication,
    changed: state.folded,
    ...(audience && { audience }),
    ...(precedesAnswer(state, event.ts) && { late: true }),
  };
  const told = { ...heard, presence: { ...state.presence, [event.uid]: entry } };
  // Newer than anything of hers, and yet older than the channel's end: late, or Agora's clock was set back.
  const isHidden = entry.present && !isPresent(told, entry) && countsAsHost(told, event.uid, entry);
  const next = isHidden ? { ...told, doubtedAt: at } : doubtedIfLate(state, told, event.ts, at);
  const ofHost = event.type !== "AudienceSeen" && countsAsHost(next, event.uid, entry);
  return missingBefore(learnt(forgetDeparted(ofHost ? withoutReplayHold(next, at) : next)), event, known);
}

function isNewer(event: HostJoined | HostLeft | AudienceSeen, known: Presence): boolean {
  if (event.seq !== known.seq) return event.seq > known.seq;
  return rank[event.type === "HostJoined" ? "join" : "leave"] > rank[known.by];
}

/**
 * A notice that Agora had to send again may come after an answer that knew more, and by its counter it is newer than
 * what we knew. It counts, but if it contradicts the answer, Agora is asked again.
 */
function doubtedIfLate(before: ChannelState, after: ChannelState, ts: number, at: number): ChannelState {
  const contradicts = presentHosts(before).length !== presentHosts(after).length;
  return contradicts && precedesAnswer(before, ts) ? { ...after, doubtedAt: at } : after;
}

/** A replay's hold ends with the next word about a host: from there on history is the present again. */
function withoutReplayHold(state: ChannelState, at: number): ChannelState {
  return state.hold?.reason === "replay" && at > state.hold.at ? { ...state, hold: null } : state;
}

function forgetDeparted(state: ChannelState): ChannelState {
  const entries = Object.entries(state.presence);
  const newest = Math.max(...entries.map(([, entry]) => entry.ts));
  const departed = entries
    .filter(([, entry]) => !isPresent(state, entry))
    .sort(([uidA, a], [uidB, b]) => b.ts - a.ts || Number(uidA) - Number(uidB));
  const forgotten = departed.filter(([, entry], i) => i >= departedMost || entry.ts < newest - departedSeconds);
  if (forgotten.length === 0) return state;
  const gone = new Set(forgotten.map(([uid]) => uid));
  return { ...state, presence: Object.fromEntries(entries.filter(([uid]) => !gone.has(uid))) };
}
