import type { ChannelState, Presence } from "./state.ts";
import { reservedUids } from "./uids.ts";

/** Whether this user counts as a host of the channel when present: design rules of hosts, bots and our own uids. */
export function countsAsHost(
  state: ChannelState,
  uid: number,
  entry: Pick<Presence, "bot" | "communication">,
): boolean {
  const { recorder, spare, stage } = reservedUids(state.channelId);
  if (uid === recorder || uid === spare || uid === stage) return false;
  if (state.hostUid !== null) return uid === state.hostUid;
  return !entry.bot && !entry.communication;
}

/** Present means that the newest fact says so and is no older than the channel's last known end. */
export function isPresent(state: ChannelState, entry: Presence): boolean {
  return entry.present && entry.ts >= state.destroyedTs;
}

/** The hosts in the channel now, as far as we know. */
export function presentHosts(state: ChannelState): Presence[] {
  // Asked after every event: most entries are of people who have left, and are passed over first.
  const hosts: Presence[] = [];
  for (const uid in state.presence) {
    const entry = state.presence[uid];
    if (entry !== undefined && isPresent(state, entry) && countsAsHost(state, Number(uid), entry)) hosts.push(entry);
  }
  return hosts;
}

/** How many are shown at most: more would be stamps. */
const shownMost = 16;

/**
 * Who is to be in the picture: everybody who publishes and is no bot and none of ours, the channel's own host first, then
 * in the order in which they came. Guests of a registered host too, who don't keep a session open.
 */
export function hostsShown(state: ChannelState): number[] {
  const { hostUid } = state;
  return Object.entries(state.presence)
    .map(([uid, entry]) => ({ uid: Number(uid), entry }))
    .filter(({ uid, entry }) => isPresent(state, entry) && (uid === hostUid || countsAsHost(open(state), uid, entry)))
    .sort((a, b) => Number(b.uid === hostUid) - Number(a.uid === hostUid) || a.entry.ts - b.entry.ts || a.uid - b.uid)
    .slice(0, shownMost)
    .map(({ uid }) => uid);
}

/** As if no host were registered. */
function open(state: ChannelState): ChannelState {
  return { ...state, hostUid: null };
}

/**
 * Whether Agora has told who is here since that second. Two clocks are compared here, so nothing but another question
 * may follow from it.
 */
export function precedesAnswer({ checks: { presence } }: ChannelState, ts: number): boolean {
  return presence?.answeredAt != null && !presence.failed && ts * 1000 < presence.askedAt;
}

/**
 * Since when the host is here, or gone.
 *
 * @returns null if there never was one. Milliseconds, by Agora's clock; if nobody told that she left, when an answer of
 * Agora's no longer named her, by ours (`isNoticed`)
 */
export function hostSince(state: ChannelState): { at: number; isNoticed: boolean } | null {
  const present = presentHosts(state);
  if (present.length > 0) return { at: Math.min(...present.map(({ ts }) => ts)) * 1000, isNoticed: false };
  let newest: { at: number; isNoticed: boolean } | null = null;
  for (const [uid, entry] of Object.entries(state.presence)) {
    if (entry.audience === true || !countsAsHost(state, Number(uid), entry)) continue;
    const toldAt = (entry.present ? state.destroyedTs : entry.ts) * 1000;
    const at = entry.noticedAt ?? toldAt;
    if (newest === null || at > newest.at) newest = { at, isNoticed: entry.noticedAt !== undefined };
  }
  return newest;
}
