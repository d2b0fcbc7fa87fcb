import { z } from "zod";

/**
 * A provider's Unix time as a Date; null for what no event can have had. The end of the year 9999 is the limit, since
 * later years take another form in ISO 8601 and before 1970 was no webhook.
 */
export function toDate(ms: number | null | undefined): Date | null {
  return typeof ms === "number" && ms >= 1 && ms <= Date.UTC(9999, 11, 31) ? new Date(ms) : null;
}

/**
 * An RFC 3339 time in UTC with exactly nine fraction digits, so that text order is time order. Cloudflare writes
 * nanoseconds ("2022-01-13T11:43:41.855717910Z", Cloudflare docs: stream/stream-live/webhooks), which a Date would cut
 * to milliseconds; digits beyond nine are dropped.
 *
 * @returns null if `text` is no such time
 */
export function normaliseTime(text: string): string | null {
  const parts = /^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d:\d\d)(?:\.(\d+))?(z|[+-]\d\d:\d\d)$/i.exec(text);
  if (parts === null) return null;
  const [, day, time, fraction = "", zone] = parts;
  const seconds = new Date(`${day ?? ""}T${time ?? ""}${zone?.toUpperCase() ?? ""}`);
  if (toDate(seconds.getTime()) === null) return null;
  return `${seconds.toISOString().slice(0, 19)}.${fraction.slice(0, 9).padEnd(9, "0")}Z`;
}

/** `normaliseTime` as a field of a schema. */
export const normalisedTime = z.string().transform(normaliseTime).pipe(z.string("not an RFC 3339 time"));
