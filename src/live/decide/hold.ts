import type { Rule } from "./deciding.ts";

/**
 * A hold is for this broadcast: it ends when the host has left. A drop within the grace is no leave, or else a bad
 * network would start again what an operator stopped.
 */
export const clearHold: Rule = (state, { policy, due }) => {
  if (state.hold === null || state.host.present) return [];
  const { sinceAt } = state.host;
  if (sinceAt !== null && !due(sinceAt + policy.stopGraceMs)) return [];
  return [{ type: "HoldCleared", hold: state.holds }];
};
