import { contentPolicy } from "../page-headers.ts";

/** Where Cloudflare delivers videos and pictures from, if nothing else is set. */
const cloudflares = ["https://*.cloudflarestream.com", "https://*.videodelivery.net"];

/**
 * The headers with which the page is served, beside those of all pages: it loads itself, talks to us, and plays what is
 * delivered.
 *
 * @param playbackUrl - what playback links begin with; null: Cloudflare's, by its answer
 */
export function pagePolicy(playbackUrl: string | null): Record<string, string> {
  const delivery = playbackUrl === null ? cloudflares : [new URL(playbackUrl).origin, ...cloudflares];
  const allowed = {
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    "img-src": ["'self'", "data:", ...delivery],
    "connect-src": ["'self'", ...delivery],
    "media-src": ["'self'", "blob:", ...delivery],
    // The player's, so that the page stays quick.
    "worker-src": ["'self'", "blob:"],
  };
  return {
    "content-security-policy": contentPolicy(allowed),
    "cache-control": "no-cache",
  };
}
