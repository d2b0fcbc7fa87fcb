import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** The recorder that a page is for. */
export interface StageVisit {
  channelId: number;
  session: number;
  attempt: number;
}

export interface StageClaims extends StageVisit {
  /** Unix seconds. */
  expiresAt: number;
}

/** Signs what a stage's address says, and reads it back. */
export interface StageTokens {
  sign(claims: StageClaims): string;
  /** @returns null if the token isn't ours; it may have expired */
  read(token: string): StageClaims | null;
}

/** @param appCertificate - the signing key is derived from it (HKDF-SHA256), so there is no further secret to keep */
export function createStageTokens(appCertificate: string): StageTokens {
  const key = Buffer.from(hkdfSync("sha256", appCertificate, "", "tally stage token", 32));
  const signatureOf = (text: string) => createHmac("sha256", key).update(text).digest();
  return {
    sign({ channelId, session, attempt, expiresAt }) {
      const text = Buffer.from(JSON.stringify({ channelId, session, attempt, expiresAt })).toString("base64url");
      return `${text}.${signatureOf(text).toString("base64url")}`;
    },
    read(token) {
      const [text = "", signature = "", ...more] = token.split(".");
      const given = Buffer.from(signature, "base64url");
      const right = signatureOf(text);
      if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return null;
      // Signed, so it is what `sign` has written.
      return JSON.parse(Buffer.from(text, "base64url").toString()) as StageClaims;
    },
  };
}
