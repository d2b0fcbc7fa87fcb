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
