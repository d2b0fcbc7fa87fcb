/**
 * The longest pause that a provider can ask of us. Cloudflare blocks for five minutes (Cloudflare docs: rate limits);
 * anything beyond ten is taken for a slip, since it would hold back the stops of paid recordings too.
 */
const longestPauseMs = 10 * 60_000;

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or an HTTP date.
 *
 * @param header - the header's value, null if absent
 * @param now - our clock, milliseconds since 1970
 * @returns milliseconds to wait, from 0 to ten minutes; null if the header is absent or unreadable
 */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const value = header.trim();
  const pause = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : httpDate(value) - now;
  return Number.isNaN(pause) ? null : Math.min(Math.max(Math.ceil(pause), 0), longestPauseMs);
}

/** NaN for what isn't one: `Date.parse` alone takes almost any text that holds a number. */
function httpDate(value: string): number {
  return value.endsWith("GMT") ? Date.parse(value) : Number.NaN;
}
