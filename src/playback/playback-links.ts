import type { KeyObject } from "node:crypto";

import type { Logger } from "../log.ts";
import { createTokens } from "./tokens.ts";

export interface LinkSettings {
  /** A signing key of the account, and its id; null: nothing can be signed. */
  signing: { keyId: string; key: KeyObject } | null;
  /** Whether links are signed of which Cloudflare did not say. */
  requireSigned: boolean;
  /** How long a link plays at most, ms; for three quarters of that at least. */
  tokenLifetimeMs: number;
}

/** Links that are alike. */
export interface Edition {
  number: number;
  /** Until the next. */
  endsInMs: number;
}

/** Makes Cloudflare's playback links such as a viewer can use: signed where they must be. */
export interface PlaybackLinks {
  /**
   * @param links - of one live input or video, each with its uid as a segment of the path
   * @param signed - whether Cloudflare plays it with a signature only; undefined: it did not say
   * @returns the links with a token in place of the uid; null if they must be signed and there is no key
   */
  present<L extends Record<string, string | null>>(
    links: L,
    uid: string,
    signed: boolean | undefined,
  ): Promise<{ [Name in keyof L]: L[Name] } | null>;
  /**
   * The edition of links that are signed: who has one of this edition has a link that plays for a while. Null if such
   * links are not signed.
   */
  edition(signed: boolean | undefined): Edition | null;
}

/** Channels of which it was told that their links can't be signed; more are told of twice. */
const toldMost = 1_000;

export function createPlaybackLinks(
  { signing, requireSigned, tokenLifetimeMs }: LinkSettings,
  { log, now = Date.now }: { log: Logger; now?: () => number },
): PlaybackLinks {
  const tokens = signing === null ? null : createTokens({ ...signing, lifetimeMs: tokenLifetimeMs, now });
  const told = new Set<string>();

  function warn(uid: string): void {
    if (told.has(uid)) return;
    if (told.size >= toldMost) told.clear();
    told.add(uid);
    const words = "Cloudflare plays it with signed links only: set CLOUDFLARE_STREAM_SIGNING_KEY_ID and _KEY";
    log.warn({ uid, reason: words }, "playback.no_signing_key");
  }

  const isSigned = (signed: boolean | undefined) => signed ?? requireSigned;

  return {
    async present(links, uid, signed) {
      if (!isSigned(signed)) return links;
      if (tokens === null) {
        warn(uid);
        return null;
      }
      const token = await tokens.of(uid);
      const put = (link: string | null) => link?.replace(`/${uid}/`, `/${token}/`) ?? null;
      return Object.fromEntries(Object.entries(links).map(([name, link]) => [name, put(link)])) as typeof links;
    },
    edition: (signed) => (tokens !== null && isSigned(signed) ? tokens.edition() : null),
  };
}
