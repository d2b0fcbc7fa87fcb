import { createHash, hkdfSync } from "node:crypto";

import { jwtVerify, SignJWT } from "jose";

import { refusalOf } from "./refusal-of.ts";

/** Whose key a browser was signed in with: one of the database, by its prefix, or the operators'. */
export type SessionOwner = { key: string } | "operator";

/** What a browser has in place of a key. */
export interface ConsoleSessions {
  /** @returns the token, and when it ends (ms) */
  sign: (owner: SessionOwner) => Promise<{ token: string; expiresAt: number }>;
  /**
   * Whose it is. Whether the key may still be used is for the caller to look up.
   *
   * @throws {CredentialRefused} if it isn't one of ours; {Problem} `token_expired` if it was
   */
  verify: (token: string) => Promise<{ owner: SessionOwner; expiresAt: number }>;
}

const lifetimeSeconds = 12 * 60 * 60;
const type = "tally-console+jwt";
const algorithm = "HS256";
const issuer = "tally";
const audience = "tally-console";
/** Which of the two keys signs it. */
const operatorsKid = "operator";
const keysKid = "key";

/**
 * JWTs that name a key and aren't one. What signs them is derived by HKDF-SHA256 from the app certificate, so there is no
 * further secret to keep; for the operators' key from that key too, so that they end when it is changed.
 */
export function createConsoleSessions({
  appCertificate,
  apiKey,
}: {
  appCertificate: string;
  apiKey: string;
}): ConsoleSessions {
  const derive = (salt: string | Buffer) =>
    Buffer.from(hkdfSync("sha256", appCertificate, salt, "tally console session", 32));
  const keys = { [operatorsKid]: derive(createHash("sha256").update(apiKey).digest()), [keysKid]: derive("") };
  const expected = { algorithms: [algorithm], typ: type, issuer, audience, requiredClaims: ["sub", "exp"] };

  return {
    async sign(owner) {
      const kid = owner === "operator" ? operatorsKid : keysKid;
      const now = Math.floor(Date.now() / 1000);
      const token = await new SignJWT()
        .setProtectedHeader({ alg: algorithm, typ: type, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(owner === "operator" ? owner : owner.key)
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(keys[kid]);
      return { token, expiresAt: (now + lifetimeSeconds) * 1000 };
    },
    async verify(token) {
      const keyOf = ({ kid }: { kid?: string }) => keys[kid === operatorsKid ? operatorsKid : keysKid];
      const { payload, protectedHeader } = await jwtVerify(token, keyOf, expected).catch((error: unknown) => {
        throw refusalOf(error, "console session");
      });
      // Signed, so it is what `sign` has written.
      const { sub, exp } = payload as { sub: string; exp: number };
      return { owner: protectedHeader.kid === operatorsKid ? "operator" : { key: sub }, expiresAt: exp * 1000 };
    },
  };
}
