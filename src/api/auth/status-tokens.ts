import { hkdfSync } from "node:crypto";

import { jwtVerify, SignJWT } from "jose";

import type { Principal } from "../principal.ts";
import { refusalOf } from "./refusal-of.ts";
import { typeOf } from "./token-type.ts";

/** Read-only tokens for one channel, for a browser that must not have a key. */
export interface StatusTokens {
  /** @returns the token, and when it ends (ms) */
  sign: (channel: string) => Promise<{ token: string; expiresAt: number }>;
  /** Whether a text says of itself that it is one: it may still be a forged one. */
  claims: (text: string) => boolean;
  /** @throws {CredentialRefused} if it isn't one of ours; {Problem} `token_expired` if it was */
  verify: (token: string) => Promise<Principal>;
}

const lifetimeSeconds = 15 * 60;
const type = "tally-status+jwt";
const algorithm = "HS256";
const issuer = "tally";
const audience = "tally-status";

/**
 * JWTs, so that an app can read when one ends.
 *
 * @param appCertificate - the signing key is derived from it (HKDF-SHA256), so there is no further secret to keep
 */
export function createStatusTokens(appCertificate: string): StatusTokens {
  const key = Buffer.from(hkdfSync("sha256", appCertificate, "", "tally status token", 32));
  const expected = {
    algorithms: [algorithm],
    typ: type,
    issuer,
    audience,
    requiredClaims: ["sub", "exp"],
  };
  return {
    async sign(channel) {
      const now = Math.floor(Date.now() / 1000);
      const token = await new SignJWT()
        .setProtectedHeader({ alg: algorithm, typ: type })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(channel)
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(key);
      return { token, expiresAt: (now + lifetimeSeconds) * 1000 };
    },
    claims: (text) => typeOf(text) === type,
    async verify(token) {
      const { payload } = await jwtVerify(token, key, expected).catch((error: unknown) => {
        throw refusalOf(error, "status token");
      });
      // Signed, so it is what `sign` has written.
      const { sub: channel, exp } = payload as { sub: string; exp: number };
      return {
        name: `status token of ${channel}`,
        scope: "read",
        reach: { kind: "channel", channel },
        expiresAt: exp * 1000,
      };
    },
  };
}
