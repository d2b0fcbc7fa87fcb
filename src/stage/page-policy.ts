import { contentPolicy } from "../page-headers.ts";

/**
 * What the Web SDK talks to, on any port: the domains of Agora's firewall list (Agora docs: firewall, RTC SDK (Web)).
 * A wildcard stands for names of any depth.
 */
const agoraDomains = ["agora.io", "sd-rtn.com", "rtnsvc.com", "rtesvc.com"];

/**
 * The headers with which the page is served, beside those of all pages. It may load itself and the images that were set,
 * talk to us and to Agora, and play.
 *
 * @param images - URLs of the images that it shows
 */
export function pagePolicy(images: string[]): Record<string, string> {
  const agora = agoraDomains.flatMap((domain) => [`https://*.${domain}:*`, `wss://*.${domain}:*`]);
  const origins = [...new Set(images.map((url) => new URL(url).origin))];
  const allowed = {
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "connect-src": ["'self'", ...agora],
    "media-src": ["'self'", "blob:", "mediastream:"],
    // The SDK's timer, so that it is not slowed down with its page.
    "worker-src": ["blob:"],
    "img-src": origins.length > 0 ? origins : ["'none'"],
  };
  return {
    "content-security-policy": contentPolicy(allowed),
    "permissions-policy": "camera=(), microphone=(), display-capture=(), geolocation=()",
    "cache-control": "no-store",
  };
}
