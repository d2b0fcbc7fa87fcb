import type { KeyObject } from "node:crypto";

import { SignJWT } from "jose";

export interface Tokens {
  /** A token that plays one video, or one live input. */
  of(uid: string): Promise<string>;
  /** A number that grows with every change of the tokens, and how long it is until the next, ms. */
  edition(): { number: number; endsInMs: number };
}

/**
 * Tokens for Cloudflare Stream, signed here: RS256 with `sub`, `kid` and `exp` (Cloudflare docs:
 * viewing-videos/securing-your-stream). All of a quarter of the lifetime are alike, so that links stay the same for as
 * long, and each is good for three quarters at least when it is given out.
 *
 * @param options.lifetimeMs - up to 24 h, Cloudflare's limit
 */
export function createTokens(options: {
  keyId: string;
  key: KeyObject;
  lifetimeMs: number;
  now: () => number;
}): Tokens {
  const { keyId, key, lifetimeMs, now } = options;
  const editionMs = lifetimeMs / 4;
  let signed = { edition: -1, tokens: new Map<string, Promise<string>>() };

  function edition() {
    const at = now();
    const number = Math.floor(at / editionMs);
    return { number, endsInMs: (number + 1) * editionMs - at };
  }

  function sign(uid: string, of: number): Promise<string> {
    return new SignJWT({ kid: keyId })
      .setProtectedHeader({ alg: "RS256", kid: keyId })
      .setSubject(uid)
      .setExpirationTime(Math.floor((of * editionMs + lifetimeMs) / 1000))
      .sign(key);
  }

  return {
    edition,
    of(uid) {
      const { number: current } = edition();
      // A signature takes about a millisecond, and a page of sessions has a hundred of them.
      if (signed.edition !== current) signed = { edition: current, tokens: new Map() };
      const token = signed.tokens.get(uid) ?? sign(uid, current);
      if (signed.tokens.size < keptMost) signed.tokens.set(uid, token);
      return token;
    },
  };
}

/** Tokens that are remembered, some 700 bytes each. */
const keptMost = 5_000;
