import { createHash, timingSafeEqual } from "node:crypto";

import type { RequestHandler } from "express";

import { Problem } from "./problem.ts";
import { noteOn } from "./request-log.ts";

/** Who calls, as the log names them. */
interface Principal {
  name: string;
}

/** Finds out who calls, by the `Authorization` header; null if nobody whom we know. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal | null>;

/**
 * Knows one key, that of the operators.
 *
 * @throws if the key is blank
 */
export function createKeyAuthentication(apiKey: string): Authenticate {
  if (apiKey.trim() === "") throw new Error("The operators' key is blank, so that anybody would have it: set API_KEY");
  const expected = sha256(apiKey);
  return (authorization) => {
    const [, given] = /^bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    // Hashed, the two are of equal length, and the time of the comparison tells nothing about either.
    const isKnown = given !== undefined && timingSafeEqual(sha256(given), expected);
    return Promise.resolve(isKnown ? { name: "operator" } : null);
  };
}

/** Lets only callers pass whom we know. */
export function requirePrincipal(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const principal = await authenticate(request.get("authorization"));
    // The same answer for no key and a wrong one: a guess learns nothing.
    if (principal === null) {
      throw new Problem("unauthenticated", "Send your key in the header Authorization: Bearer KEY.", {
        headers: { "www-authenticate": "Bearer" },
      });
    }
    noteOn(response, { principal: principal.name });
    next();
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
