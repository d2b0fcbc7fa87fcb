import { createHash, timingSafeEqual } from "node:crypto";

import type { RequestHandler } from "express";

import type { FailedKeys } from "./failed-keys.ts";
import { type Principal, setPrincipal } from "./principal.ts";
import { Problem } from "./problem.ts";
import { noteOn } from "./request-log.ts";

/** Finds out who calls, by the `Authorization` header; null if nobody whom we know. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal | null>;

const operator: Principal = { name: "operator", scope: "admin", reach: { kind: "all" }, expiresAt: null };

/**
 * Knows one key, that of the operators.
 *
 * @throws if the key is blank
 */
export function createKeyAuthentication(apiKey: string): Authenticate {
  if (apiKey.trim() === "") throw new Error("The operators' key is blank, so that anybody would have it: set API_KEY");
  const expected = sha256(apiKey);
  return (authorization) => {
    const [, given] = /^bearer +([^ ]+) *$/i.exec(authorization ?? "") ?? [];
    // Hashed, the two are of equal length, and the time of the comparison tells nothing about either. Node reads a
    // header's bytes as Latin-1; the key is compared in the bytes that were sent.
    const isKnown = given !== undefined && timingSafeEqual(sha256(Buffer.from(given, "latin1")), expected);
    return Promise.resolve(isKnown ? operator : null);
  };
}

/**
 * Lets only callers pass whom we know. A wrong key counts for the address it comes from, and too many are answered 429;
 * a request without any key guesses nothing and doesn't count. The right key always passes: an app's server must not be
 * locked out by whoever shares its address.
 */
export function requirePrincipal(authenticate: Authenticate, failedKeys: FailedKeys): RequestHandler {
  return async (request, response, next) => {
    const authorization = request.get("authorization");
    const principal = await authenticate(authorization);
    if (principal === null) throw await refusal(authorization, request.ip, failedKeys);
    setPrincipal(response, principal);
    noteOn(response, { principal: principal.name });
    next();
  };
}

async function refusal(
  authorization: string | undefined,
  address: string | undefined,
  failedKeys: FailedKeys,
): Promise<Problem> {
  const waitSeconds = authorization === undefined ? 0 : await failedKeys.count(address);
  if (waitSeconds > 0) {
    return new Problem(
      "too_many_failures",
      "Too many wrong keys came from your address: wait, and send the right one.",
      {
        headers: { "retry-after": String(waitSeconds) },
      },
    );
  }
  // The same answer for no key and a wrong one: a guess learns nothing.
  return new Problem("unauthenticated", "Send your key in the header Authorization: Bearer KEY.", {
    headers: { "www-authenticate": "Bearer" },
  });
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}
