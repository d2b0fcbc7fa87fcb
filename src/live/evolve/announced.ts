import type { Announced } from "../events.ts";
import { isLive } from "../picture.ts";
import { problemsOf } from "../problems.ts";
import type { ChannelState } from "../state.ts";

/** Remembers what the app was told. Of videos the log itself remembers it. */
export function foldAnnounced(state: ChannelState, announced: Announced): ChannelState {
  if (announced.notification === "video.ready") return state;
  const { n, session, notification } = announced;
  const before = state.announced ?? { count: 0 };
  return notification === "recording.failed"
    ? { ...state, announced: { ...before, count: n, problems: [...(before.problems ?? []), announced.problem] } }
    : { ...state, announced: { ...before, count: n, light: { session, last: notification } } };
}

/** A problem that is over is forgotten, so that it is told again if it comes back. */
export function settleProblems(state: ChannelState): ChannelState {
  if (state.announced?.problems === undefined) return state;
  const now = problemsOf(state);
  const { problems, ...rest } = state.announced;
  const left = problems.filter((problem) => now.includes(problem));
  if (left.length === problems.length) return state;
  return { ...state, announced: left.length === 0 ? rest : { ...rest, problems: left } };
}

/** Since when the light is out, of a session that was live, though its host is here. */
export function settleLostAt(state: ChannelState, at: number): ChannelState {
  const { session } = state;
  if (session === null) return state;
  const isLost = session.liveAt !== null && session.ending === null && state.host.present && !isLive(state);
  if (isLost === (session.lostAt !== undefined)) return state;
  const { lostAt: _, ...rest } = session;
  return { ...state, session: isLost ? { ...rest, lostAt: at } : rest };
}
