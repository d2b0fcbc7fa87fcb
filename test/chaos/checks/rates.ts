import type { Account } from "../account.ts";
import { agoraCallsPerSecond } from "../environment.ts";
import type { Problem } from "./problem.ts";

/**
 * Tally spaces its calls at Agora over all processes. The record has the time of arrival: a call that a busy machine
 * makes late comes closer to the next. Half as much again is what comes of lateness up to half a second; a limit that
 * held for each process only would show as twice as much.
 */
const callsMost = agoraCallsPerSecond * 1.5;

/** Never more calls at Agora in any second than are allowed, as exactly as arrivals can tell. */
export function checkRates(account: Account): Problem[] {
  const most = busiestSecond(account);
  return most > callsMost ? [{ channel: null, words: `${most} calls at Agora within a second` }] : [];
}

/** The most calls at Agora that arrived within one second, wherever it begins. */
export function busiestSecond({ record }: Pick<Account, "record">): number {
  const times = record.calls.filter(({ path }) => path.startsWith("/agora/")).map(({ at }) => at);
  let first = 0;
  return times.reduce((most, at, last) => {
    while ((times[first] ?? at) <= at - 1_000) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
}
