import type { Body } from "./body.ts";
import { sha256Hex } from "./digest.ts";

/** The dedupe key of a delivery that names nothing to tell it by: only the very same bytes are a duplicate. */
export function keyOfBytes(body: Body): string {
  return `sha256:${body.sha256}`;
}

/**
 * A dedupe key from a provider's own words. One that is longer than 500 characters, or that a text column might refuse
 * (NUL, lone surrogates), is hashed: a key that can't be stored would be refused on every redelivery too.
 */
export function keyOfParts(...parts: (string | number)[]): string {
  const key = parts.join(":");
  return /^[\x20-\x7e]{1,500}$/.test(key) ? key : `sha256:${sha256Hex(JSON.stringify(key))}`;
}

/** Whether `value` can be an id that a provider made up (32 hex characters so far), and so a route's key. */
export function isProviderId(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value);
}
