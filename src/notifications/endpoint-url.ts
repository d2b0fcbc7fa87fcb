import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { promisify } from "node:util";

import { isPublicAddress, notPublic, publicOnly } from "./public-address.ts";

/** Where notifications may go. */
export interface UrlRules {
  /** Addresses that aren't public, and http: for trials. */
  allowPrivate: boolean;
  /** In production a body goes over https only. */
  production: boolean;
  /** How names are resolved; as the system does by default. */
  resolve?: LookupFunction | undefined;
}

/** Why an endpoint can't be as it was asked for; the message goes on after "The URL". */
export class UrlRefused extends Error {
  override name = "UrlRefused";
}

const longest = 2_000;

/**
 * Looks at an address before it is kept, so that whoever enters it is told. What counts is looked at again with every
 * connection.
 *
 * @returns the URL as it will be called
 * @throws {UrlRefused} what is wrong with it
 */
export async function checkEndpointUrl(text: string, rules: UrlRules): Promise<string> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UrlRefused("must be an address like https://shop.example.com/tally");
  }
  if (url.href.length > longest) throw new UrlRefused(`must have ${longest} characters at most`);
  if (url.username + url.password !== "") {
    throw new UrlRefused("must hold no user and no password: the signature says who sends");
  }
  if (url.hash !== "") throw new UrlRefused("must have no fragment (#…): it would not be sent");
  if (url.protocol === "http:" && rules.production && !rules.allowPrivate) {
    throw new UrlRefused("must begin with https:// in production");
  }
  if (!rules.allowPrivate && (await leadsInside(url, rules.resolve))) {
    throw new UrlRefused(
      "must not lead to a private, loopback or other special address; NOTIFICATION_ALLOW_PRIVATE=true allows it for trials",
    );
  }
  return url.href;
}

/** A name that has no address now may have one later: only one that leads inside is refused. */
async function leadsInside(url: URL, resolve: LookupFunction = systemLookup): Promise<boolean> {
  const host = hostOf(url);
  if (isIP(host) !== 0) return !isPublicAddress(host);
  const look = promisify((done: (error: NodeJS.ErrnoException | null) => void) =>
    publicOnly(resolve)(host, { all: true }, (error) => done(error)),
  );
  return look().then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === notPublic,
  );
}

/** Of an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** For people and logs: a query may hold a token. */
export function withoutQuery(text: string): string {
  const { origin, pathname, search } = new URL(text);
  return `${origin}${pathname}${search === "" ? "" : "?…"}`;
}
