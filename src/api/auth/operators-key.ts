import { createHash, timingSafeEqual } from "node:crypto";

import type { Principal } from "../principal.ts";

/** Who has it. */
export const operator: Principal = { name: "operator", scope: "admin", reach: { kind: "all" }, expiresAt: null };

/**
 * The key of the environment.
 *
 * @returns the operator if it is what was shown, else null
 * @throws if the key is blank
 */
export function createOperatorsKey(apiKey: string): (given: string) => Principal | null {
  if (apiKey.trim() === "") throw new Error("The operators' key is blank, so that anybody would have it: set API_KEY");
  const expected = sha256(apiKey);
  // Hashed, the two are of equal length, and the time of the comparison tells nothing about either. Node reads a
  // header's bytes as Latin-1; the key is compared in the bytes that were sent.
  return (given) => (timingSafeEqual(sha256(Buffer.from(given, "latin1")), expected) ? operator : null);
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}
