import { createStageTokens, type StageVisit } from "./stage-token.ts";

/**
 * Makes the address that Agora's recorder is told to open. The token in it names channel, session, attempt and expiry
 * and is signed, so that nobody else can make one; it holds no secret.
 *
 * @param options.lifetimeMs - how long a recorder may load the page: as long as a session may last
 */
export function createStageUrl(options: {
  publicUrl: string;
  appCertificate: string;
  lifetimeMs: number;
}): (visit: StageVisit) => string {
  const tokens = createStageTokens(options.appCertificate);
  return (visit) => {
    const expiresAt = Math.ceil((Date.now() + options.lifetimeMs) / 1000);
    return `${options.publicUrl}/stage/${tokens.sign({ ...visit, expiresAt })}`;
  };
}
