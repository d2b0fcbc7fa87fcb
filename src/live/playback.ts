import { isLive } from "./picture.ts";
import type { ChannelState, Playback } from "./state.ts";

/** Nothing was asked yet, and nothing seen. */
export function newPlayback(broadcast: number): Playback {
  return {
    broadcast,
    seen: null,
    tries: 0,
    denied: false,
    late: false,
    check: null,
    lostAt: null,
    lostUpdatedAt: null,
  };
}

export function playbackOf(state: ChannelState): Playback {
  return state.playback ?? newPlayback(1);
}

/**
 * Whether viewers can watch: the session was live, and its broadcast was seen to play and has not ended. A picture that
 * is gone for less than Cloudflare's hold ends nothing: players stall and go on. Where no playback host is known nobody
 * can be asked, and it is the same as live; so is a broadcast that began before this version looked at its playback.
 */
export function isPlayable(state: ChannelState): boolean {
  const { session, liveInput, playback } = state;
  if (liveInput.playbackBase === null || playback === undefined) return isLive(state);
  return session !== null && session.liveAt !== null && session.closedAt === null && playback.seen !== null;
}
