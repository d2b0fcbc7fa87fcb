import type { Request } from "express";

const name = "tally_session";

/** The session that a request's cookie names; undefined if it has none, or no page of ours has sent it. */
export function readSession(request: Request): string | undefined {
  return isFromOurPage(request) ? sessionIn(request.get("cookie")) : undefined;
}

/**
 * Whether a request proves that a page of ours has sent it. A browser sends its cookies with whatever it is made to send. Which page makes it, browsers tell in `Sec-Fetch-Site`
 * (over https, and from this machine); where they don't, the page has to set a header, which no form can, and no script
 * of another origin without a preflight, which isn't answered so (`allow-origins.ts`).
 */
export function isFromOurPage(request: Request): boolean {
  const site = request.get("sec-fetch-site");
  return site === undefined ? request.get("x-tally-console") === "1" : site === "same-origin";
}

function sessionIn(cookies = ""): string | undefined {
  return /(?:^|;\s*)tally_session=([\w.-]+)(?:;|$)/.exec(cookies)?.[1];
}

/**
 * The cookie as a header: out of reach of scripts, and not sent for pages of other sites.
 *
 * @param token - empty to have the browser forget it
 * @param options.expiresAt - ms
 * @param options.isSecure - sent over https only
 */
export function sessionCookie(token: string, options: { expiresAt: number; isSecure: boolean }): string {
  const expires = new Date(options.expiresAt).toUTCString();
  const attributes = ["Path=/", `Expires=${expires}`, "HttpOnly", "SameSite=Strict"];
  return [`${name}=${token}`, ...attributes, ...(options.isSecure ? ["Secure"] : [])].join("; ");
}
