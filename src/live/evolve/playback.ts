import type { PlaybackChecked } from "../events.ts";
import { ingestConfirmed } from "../picture.ts";
import { newPlayback, playbackOf } from "../playback.ts";
import type { ChannelState, Playback } from "../state.ts";
import { type Folded, learnt, nothing } from "./folded.ts";

/** Folds what Cloudflare's delivery says of the broadcast. */
export function foldPlaybackChecked(state: ChannelState, { check: id, playable }: PlaybackChecked, at: number): Folded {
  const { playback } = state;
  if (playback?.check?.id !== id) return nothing(state, "a newer checkup was asked since");
  return learnt({ ...state, playback: answered(playback, playable, at) });
}

/** @param playable - null: the answer says nothing */
function answered(playback: Playback, playable: boolean | null, at: number): Playback {
  const check = playback.check && { ...playback.check, answeredAt: at, failed: playable === null };
  const denied = playback.denied || playable === false;
  const late = playback.late || playback.check?.last === true;
  // Whoever never gives an answer hides no broadcast.
  const plays = playable === true || (late && !denied);
  const seen = plays ? { firstAt: playback.seen?.firstAt ?? at, lastAt: at } : playback.seen;
  return { ...playback, check, denied, late, seen };
}

/** What the picture's coming and going at Cloudflare means for its broadcast. */
export function settlePlayback(before: ChannelState, state: ChannelState, at: number): ChannelState {
  if (state.liveInput.uid !== before.liveInput.uid) {
    return state.playback === undefined ? state : { ...state, playback: newPlayback(state.playback.broadcast + 1) };
  }
  const [was, is] = [before.ingest, state.ingest];
  if (is === was || is.old) return state;
  const playback = playbackOf(state);
  const isTold = is.updatedAt !== was.updatedAt;
  if (!ingestConfirmed(state)) {
    if (was.state !== "connected" || playback.lostAt !== null) return state;
    return { ...state, playback: { ...playback, lostAt: at, lostUpdatedAt: isTold ? is.updatedAt : null } };
  }
  if (ingestConfirmed(before)) return state; // told twice, or a loss that nobody told: no longer than the hold, then
  const { gapMs: _, ...rest } = playback;
  const gapMs = gapOf(playback, isTold ? is.updatedAt : null);
  return {
    ...state,
    playback: { ...rest, lostAt: null, lostUpdatedAt: null, ...(isFresh(playback) ? {} : { gapMs }) },
  };
}

/** For how long the picture was gone, by Cloudflare's own clock; null if it did not tell both ends of it. */
function gapOf({ lostUpdatedAt }: Playback, updatedAt: string | null): number | null {
  if (lostUpdatedAt === null || updatedAt === null) return null;
  return Math.max(0, Date.parse(updatedAt) - Date.parse(lostUpdatedAt));
}

/** Nothing was learnt of this broadcast that another could inherit. */
function isFresh({ seen, tries }: Playback): boolean {
  return seen === null && tries === 0;
}
