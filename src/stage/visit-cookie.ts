import type { Request, Response } from "express";

const name = "visit";

/** The visit that the browser's cookie names, null if it has none. */
export function readVisit(request: Request): string | null {
  return /(?:^|;\s*)visit=([\w-]{22})(?:;|$)/.exec(request.get("cookie") ?? "")?.[1] ?? null;
}

/**
 * Sets the cookie: out of reach of scripts, for this page alone, and gone with its browser.
 *
 * @param address - of the page, as the outside sees it
 */
export function writeVisit(response: Response, visit: string, address: string): void {
  const { protocol, pathname } = new URL(address);
  response.cookie(name, visit, { httpOnly: true, sameSite: "strict", secure: protocol === "https:", path: pathname });
}
