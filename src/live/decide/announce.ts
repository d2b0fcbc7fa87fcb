import type { Announced, Problem } from "../events.ts";
import { isLive } from "../picture.ts";
import { isPlayable } from "../playback.ts";
import { problemsOf } from "../problems.ts";
import type { ChannelState, Session } from "../state.ts";
import type { Deciding, Rule } from "./deciding.ts";

/**
 * Tells the app what is so and was not told yet. Of a session: that it is live, that viewers can watch, that the picture
 * has been missing for long, that it is over; and of each problem once, until it is over.
 *
 * It speaks before all other rules, so that no session is replaced by the next before its end is told.
 */
export const announce: Rule = (state, deciding) => {
  const { count, problems: told = [] } = state.announced ?? { count: 0 };
  const wanted = [
    ...lightOf(state, deciding).map((light) => ({ notification: light, session: state.sessions })),
    ...problemsOf(state)
      .filter((problem) => !told.includes(problem))
      .map((problem) => ({ notification: "recording.failed" as const, problem, session: sessionOf(state, problem) })),
  ];
  return wanted.map((what, i) => ({ type: "Announced", n: count + 1 + i, ...what }));
};

/** A recorder that can't be stopped may be an earlier session's. */
function sessionOf({ recorders, sessions }: ChannelState, problem: Problem): number {
  const resourceId = problem.replace(/^stop_failed:/, "");
  return recorders[resourceId]?.session ?? sessions;
}

type Light = Exclude<Announced["notification"], "recording.failed" | "video.ready">;

function lightOf(state: ChannelState, deciding: Deciding): Light[] {
  const { session, announced } = state;
  if (session === null) return [];
  const last = announced?.light?.session === session.number ? announced.light.last : null;
  if (session.closedAt !== null) return last === null || last === "live.ended" ? [] : ["live.ended"];
  if (session.liveAt === null) return [];
  if (last === null) return isPlayable(state) ? ["live.started", "live.playable"] : ["live.started"];
  if (isLive(state) && isPlayable(state)) return last === "live.playable" ? [] : ["live.playable"];
  return last !== "live.degraded" && isDegraded(session, deciding) ? ["live.degraded"] : [];
}

function isDegraded({ lostAt }: Session, { policy, due }: Deciding): boolean {
  return lostAt !== undefined && due(lostAt + policy.degradedAfterMs);
}
