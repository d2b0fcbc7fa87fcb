import { createHmac, randomBytes } from "node:crypto";
import { isIPv6 } from "node:net";

import { RateLimiterMemory } from "rate-limiter-flexible";

import type { Logger } from "../log.ts";

/** Counts wrong keys by the address they come from. Those who have the right one are never asked. */
export interface FailedKeys {
  /**
   * Counts one.
   *
   * @param address - of the client; undefined if it is gone already
   * @returns seconds that the client should wait; 0 as long as there were not too many
   */
  count(address: string | undefined): Promise<number>;
}

/** Seconds in which `most` wrong keys are allowed. */
const periodSeconds = 60;

/**
 * Addresses share this many counters, so that the memory is bounded however many addresses there are (an IPv6 client has
 * as many as it likes): some 2 MB when all are in use. Two that share one share its limit for wrong keys and nothing
 * else. The key of the hash is random, so that nobody can choose with whom.
 */
const counters = 8_192;

/** @param options.most - wrong keys in a minute from one address */
export function createFailedKeys({ most = 100, log }: { most?: number | undefined; log: Logger }): FailedKeys {
  const limiter = new RateLimiterMemory({ points: most, duration: periodSeconds });
  const hashKey = randomBytes(32);

  function counterOf(address: string): number {
    return createHmac("sha256", hashKey).update(address).digest().readUInt32BE() % counters;
  }

  return {
    async count(address = "") {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(counterOf(networkOf(address)));
      if (consumedPoints <= most) return 0;
      if (consumedPoints === most + 1) log.warn({ address, most, periodSeconds }, "api.too_many_failures");
      return Math.max(1, Math.ceil(msBeforeNext / 1000));
    },
  };
}

/** A client of IPv6 has a whole network of 64 bits to send from. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith("::ffff:")) return address;
  const [before = [], after = []] = address.split("::").map((part) => part.split(":"));
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return [...before, ...zeros, ...after].slice(0, 4).join(":");
}
