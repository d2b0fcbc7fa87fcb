import type { Account } from "../account.ts";
import type { Problem } from "./problem.ts";

/**
 * Tally leaves 125 ms between two calls at Agora over all processes (8 a second), and Agora takes 10 (Agora docs:
 * cloud-recording, rest-api). The record has the time of arrival: on the way a call may be late by what a busy machine
 * makes of a timer and of a connection, and then be close to the next. Two of ten is what the reserve is for.
 */
const callsMost = 10;

/** Never more calls at Agora in any second than it takes. */
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
