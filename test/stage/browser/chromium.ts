import { existsSync } from "node:fs";

import { type Browser, chromium } from "playwright-core";

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a Chromium is: what `CHROMIUM` says, or a usual place. */
export const chromiumPath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));

const sentence =
  "The stage's tests need a Chromium: install Debian's (apt-get install chromium), or set CHROMIUM to the path of one.";

/**
 * Whether the tests in a browser can run. Where they must, a missing browser is a failure; elsewhere it is said aloud.
 *
 * @throws Error with what to install, if `CI` is set
 */
export function isBrowserThere(): boolean {
  if (chromiumPath !== undefined) return true;
  if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(sentence);
  process.stderr.write(`SKIPPED: ${sentence}\n`);
  return false;
}

/** As the recorder's: sound needs no click. Its profile is new and goes with it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
}
