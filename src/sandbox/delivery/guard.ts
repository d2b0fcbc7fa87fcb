import type { Call } from "../http/index.ts";
import type { World } from "../world/index.ts";
import { refusals } from "./refusals.ts";

/** Seen on a real account: a manifest is refused to a User-Agent that is no browser's. */
export function guardManifest({ settings }: World, { headers }: Call): void {
  if (settings.delivery.browsersOnly.manifest && !isBrowser(headers)) throw refusals.notABrowser();
}

/** Whether this is so of `/lifecycle` and `/views`, nobody has told. */
export function guardQuestion({ settings }: World, { headers }: Call): void {
  if (settings.delivery.browsersOnly.lifecycle && !isBrowser(headers)) throw refusals.notABrowser();
}

function isBrowser(headers: Call["headers"]): boolean {
  return (headers["user-agent"] ?? "").startsWith("Mozilla/5.0 (");
}
