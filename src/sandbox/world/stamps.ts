import type { Clocks } from "./clocks.ts";

/**
 * Cloudflare's `updated_at`: RFC 3339 with nanoseconds (Cloudflare docs, stream-live/webhooks).
 *
 * @returns gives the time now; every stamp is later than the one before
 */
export function createStamps(clocks: Clocks): () => string {
  let last = 0n;
  return () => {
    // Below the millisecond the digits are invented: Node's wall clock ends there, and a round number would hide
    // whoever keeps milliseconds only.
    const now = BigInt(clocks.cloudflare()) * 1_000_000n + BigInt(Math.floor(Math.random() * 1_000_000));
    last = now > last ? now : last + 1n;
    const seconds = new Date(Number(last / 1_000_000n)).toISOString().slice(0, 19);
    return `${seconds}.${String(last % 1_000_000_000n).padStart(9, "0")}Z`;
  };
}

/** `created` and `modified` of Cloudflare's objects: RFC 3339 with microseconds. */
export function microseconds(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
