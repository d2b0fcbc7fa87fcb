import { isLive } from "./picture.ts";
import { runs } from "./recorders.ts";
import type { ChannelState } from "./state.ts";

/**
 * Since when a host is here and it isn't live, though it should be (our clock, ms).
 *
 * @returns null if it is live, nobody is here, or a hold wants it so; one of a start that was given up wants nothing
 */
export function darkSince(state: ChannelState): number | null {
  const { host, session, hold } = state;
  if (!host.present || isLive(state) || (hold !== null && hold.reason !== "gave_up")) return null;
  const endedAt = hold === null ? session?.closedAt : null;
  return Math.max(host.sinceAt ?? 0, endedAt ?? session?.lostAt ?? session?.openedAt ?? 0);
}

/** Since when a recorder runs, and costs, without a host (our clock, ms). Null if none does. */
export function hostlessSince({ host, recorders }: ChannelState): number | null {
  const running = Object.values(recorders).filter(runs);
  if (host.present || running.length === 0) return null;
  const first = Math.min(...running.map(({ runningAt, at }) => runningAt ?? at));
  return Math.max(host.sinceAt ?? 0, first);
}
