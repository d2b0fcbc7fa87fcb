import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { z } from "zod";

import type { JwtConfig } from "../../config/index.ts";
import type { Principal } from "../principal.ts";
import { Problem } from "../problem.ts";
import { channelName, hostUserId } from "../schemas.ts";
import { CredentialRefused } from "./credential-refused.ts";
import { refusalOf } from "./refusal-of.ts";

/** What a public key verifies: a secret shared with the app could be known to whoever has its public key. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/**
 * The JWTs with which an app's own users are logged in. The keys are fetched when they are first needed, kept for ten
 * minutes, and fetched again for an unknown one every 30 s at most (jose's defaults), whatever is sent.
 *
 * @returns which seller a JWT is of; it throws {CredentialRefused}, {Problem} `token_expired`, or {Problem} `unavailable`
 *   if the keys can't be had
 */
export function createSellerTokens({ jwksUrl, ...expected }: JwtConfig): (token: string) => Promise<Principal> {
  const { issuer, audience, userClaim, channelsClaim } = expected;
  const keys = orUnavailable(createRemoteJWKSet(new URL(jwksUrl)));
  const names = z.union([channelName.transform((name) => [name]), z.array(channelName)]);
  const options = { algorithms, issuer, audience, requiredClaims: ["exp", userClaim] };

  return async (token) => {
    const { payload } = await jwtVerify(token, keys, options).catch((error: unknown) => {
      throw refusalOf(error, "JWT");
    });
    const user = read(hostUserId, payload[userClaim], userClaim);
    const among = channelsClaim === null ? undefined : payload[channelsClaim];
    return {
      name: `seller ${user}`,
      scope: "read",
      reach: {
        kind: "seller",
        hostUserId: user,
        channels: among === undefined ? [] : read(names, among, String(channelsClaim)),
      },
      // Required, and a number, or it would not have been verified.
      expiresAt: (payload.exp ?? 0) * 1000,
    };
  };
}

function read<Value>(schema: z.ZodType<Value>, claim: unknown, name: string): Value {
  const result = schema.safeParse(claim);
  if (result.success) return result.data;
  throw new CredentialRefused(`JWT: the claim ${name} is not what it should be`);
}

/** A key that isn't among them is the token's fault; any other failure is not. */
function orUnavailable(keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw new Problem("unavailable", "The keys of your app's tokens can't be had now: try again in a moment.", {
        headers: { "retry-after": "5" },
        cause,
      });
    }
  };
}
