import type { AudienceSeen, HostJoined, HostLeft } from "../events.ts";
import type { ChannelState, Missed, Presence } from "../state.ts";
import { type Folded, noting } from "./folded.ts";

type UserEvent = HostJoined | HostLeft | AudienceSeen;

/** The state with so many more (or fewer) things that were not told. */
export function withMissed(state: ChannelState, what: keyof Missed, more: number): ChannelState {
  if (more === 0) return state;
  const { missed = { recording: 0, presence: 0 } } = state;
  return { ...state, missed: { ...missed, [what]: missed[what] + more } };
}

/**
 * Notes what of a user must have happened before this event and was not told: nobody joins twice, or leaves without
 * having joined. `clientSeq` itself shows no hole: it grows like a clock, so between two of them there may be any number
 * of events or none (Agora docs: samples of channel events).
 *
 * @param folded - with the event, which is the newest of its user
 * @param known - the fact that was the newest before
 */
export function missingBefore(folded: Folded, event: UserEvent, known: Presence | undefined): Folded {
  const what = missingBetween(event, known);
  const entry = folded.state.presence[event.uid];
  if (what === null || entry === undefined) return folded;
  const noted = withEntry(folded.state, event.uid, { ...entry, missed: { what, after: known?.seq ?? 0 } });
  return noting({ ...folded, state: withMissed(noted, "presence", 1) }, `the ${what} before it was not seen`);
}

/**
 * Takes off what turns out to have been late and not lost.
 *
 * @param folded - with the event, which is older than the newest of its user
 */
export function foundLate(folded: Folded, event: UserEvent): Folded {
  const entry = folded.state.presence[event.uid];
  if (entry?.missed === undefined) return folded;
  const { missed, ...rest } = entry;
  const isBetween = event.seq > missed.after && event.seq <= entry.seq;
  if (!isBetween || (event.type === "HostJoined") !== (missed.what === "join")) return folded;
  const found = withMissed(withEntry(folded.state, event.uid, rest), "presence", -1);
  return noting({ ...folded, state: found }, `it is the ${missed.what} that was not seen`);
}

/** An answer of Agora's is no event, so nothing is missing next to one. */
function missingBetween(event: UserEvent, known: Presence | undefined): "join" | "leave" | null {
  if (known?.by === "check") return null;
  const joined = known?.by === "join";
  if (event.type === "HostLeft") return joined ? null : "join";
  // A host who is seen as audience has left, or has changed her role.
  return joined ? "leave" : null;
}

function withEntry(state: ChannelState, uid: number, entry: Presence): ChannelState {
  return { ...state, presence: { ...state.presence, [uid]: entry } };
}
