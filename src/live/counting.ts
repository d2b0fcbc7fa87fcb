import { modeOf, runs } from "./recorders.ts";
import type { ChannelState } from "./state.ts";

/** What of a session runs now: from it, and the time, follows how long its recorders ran until any later moment. */
export interface Counting {
  /** Until when the session's seconds are counted, ms of the database's clock. */
  since: number;
  hostPresent: boolean;
  /** Recorders that run. */
  recorders: number;
  /** How many of them are Media Push. */
  mediaPush: number;
}

/** Null while no recorder of the session runs. */
export function countingOf(state: ChannelState, session: number, since: number): Counting | null {
  const running = Object.values(state.recorders).filter((recorder) => recorder.session === session && runs(recorder));
  if (running.length === 0) return null;
  const mediaPush = running.filter((recorder) => modeOf(recorder) === "media-push").length;
  return { since, hostPresent: state.host.present, recorders: running.length, mediaPush };
}
