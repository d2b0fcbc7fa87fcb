/**
 * The base URLs of one API: places, nearest first, and for each place its names under one or more domains. A single place
 * with a single name means that nothing is tried elsewhere.
 */
export type Hosts = readonly (readonly string[])[];

/** That a base URL gave no answer: its name has no address, or anything else went wrong on the way. */
export interface HostFailure {
  url: string;
  how: "dns" | "network";
}

/** Attempts of one call, the first included. */
export const mostAttempts = 3;

/**
 * The base URL to try next, after Agora's rule (Agora docs: ensure-service-reliability, switch the domain name). A name
 * without an address: the same place under the other domain. Any other failure of the network: that place is not to be
 * reached, so its other name is skipped for the adjacent place. An answer, whatever its status, is no failure: nothing in
 * the rule lets a 5xx switch, and Agora's own clients don't.
 *
 * The rule's first step, the same name once more, is left to the caller's next call.
 *
 * @param failures - of this call, and what is known of the recent ones
 * @returns null if nothing is left to try
 */
export function nextHost(hosts: Hosts, failures: readonly HostFailure[]): string | null {
  const failed = (how: HostFailure["how"]) => (url: string) =>
    failures.some((failure) => failure.url === url && failure.how === how);
  const reachable = hosts.filter((names) => !names.some(failed("network")));
  for (const names of reachable) {
    const left = names.filter((url) => !failed("dns")(url));
    // A domain that failed in one place fails in another too: its names come last.
    const healthy = left.find((url) => hosts.every((others) => !failed("dns")(others[names.indexOf(url)] ?? "")));
    const next = healthy ?? left[0];
    if (next !== undefined) return next;
  }
  return null;
}

/**
 * How long to wait before the next attempt: 1 s, then 3 s, so that repetitions don't exceed the rate (same source).
 * Not at all after a failure that never reached the provider.
 *
 * @param attempts - made so far
 */
export function pauseBeforeNextMs(attempts: number, sent: boolean): number {
  if (!sent) return 0;
  return attempts <= 1 ? 1_000 : 3_000;
}
