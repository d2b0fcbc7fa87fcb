import type { RequestHandler } from "express";
import helmet from "helmet";

/**
 * The headers of whatever answers browsers with pages: nothing may be loaded, framed or sent from them, unless the page
 * itself allows more in its own Content-Security-Policy. Their addresses hold tokens, which `Referer` would pass on.
 */
export function pageHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
  });
}

/**
 * The `Content-Security-Policy` of a page that may load something: what isn't named it may not, and whatever is named, no
 * other page may frame it, nor any form send from it.
 */
export function contentPolicy(allowed: Record<string, readonly string[]>): string {
  const none = ["'none'"];
  const never = { "base-uri": none, "form-action": none, "frame-ancestors": none };
  return Object.entries({ "default-src": none, ...allowed, ...never })
    .map(([name, sources]) => [name, ...sources].join(" "))
    .join(";");
}
