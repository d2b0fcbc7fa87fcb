import type { HostFailure } from "./failover.ts";

/**
 * How long a host that failed is passed over. Then a call tries it again, which costs one call its timeout (8 s) a
 * minute while the host stays silent.
 */
const memoryMs = 60_000;

export interface HostMemory {
  /** Those of the last minute, one a host at most. */
  failures(): HostFailure[];
  failed(failure: HostFailure): void;
  answered(url: string): void;
}

/**
 * Which hosts of a provider failed lately, so that one that is silent doesn't cost every call its timeout. A cache: a
 * process that starts knows nothing and finds out.
 *
 * @param now - a clock, ms
 */
export function createHostMemory(now: () => number): HostMemory {
  const recent = new Map<string, HostFailure & { until: number }>();
  return {
    failures: () => [...recent.values()].filter(({ until }) => until > now()).map(({ url, how }) => ({ url, how })),
    failed: (failure) => void recent.set(failure.url, { ...failure, until: now() + memoryMs }),
    answered: (url) => void recent.delete(url),
  };
}
