import type { Config, SigningConfig } from "./config.ts";

/** What playback links need of the configuration. */
export function linkSettingsOf({ cloudflare, playbackTokenMs }: Pick<Config, "playbackTokenMs"> & LinksOf): {
  signing: SigningConfig | null;
  requireSigned: boolean;
  tokenLifetimeMs: number;
} {
  return { signing: cloudflare.signing, requireSigned: cloudflare.requireSignedUrls, tokenLifetimeMs: playbackTokenMs };
}

interface LinksOf {
  cloudflare: Pick<Config["cloudflare"], "signing" | "requireSignedUrls">;
}
