import { createHmac, hkdfSync } from "node:crypto";

/** The recorder that a page is for. */
export interface StageVisit {
  channelId: number;
  session: number;
  attempt: number;
}

/**
 * Makes the address that Agora's recorder is told to open. The token in it names channel, session, attempt and expiry
 * and is signed, so that nobody else can make one; it holds no secret.
 *
 * @param options.appCertificate - the signing key is derived from it (HKDF-SHA256), so there is no further secret to keep
 * @param options.lifetimeMs - how long a recorder may load the page: as long as a session may last
 */
export function createStageUrl(options: {
  publicUrl: string;
  appCertificate: string;
  lifetimeMs: number;
}): (visit: StageVisit) => string {
  const key = Buffer.from(hkdfSync("sha256", options.appCertificate, "", "tally stage token", 32));
  return ({ channelId, session, attempt }) => {
    const expiresAt = Math.ceil((Date.now() + options.lifetimeMs) / 1000);
    const claims = Buffer.from(JSON.stringify({ channelId, session, attempt, expiresAt })).toString("base64url");
    const signature = createHmac("sha256", key).update(claims).digest("base64url");
    return `${options.publicUrl}/stage/${claims}.${signature}`;
  };
}
