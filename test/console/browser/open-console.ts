import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { source as axeSource } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";

/** Looked at by people, checked by nobody. */
const screenshots = join(tmpdir(), `tally-console-screenshots-${userInfo().username}`);
const sizes = [
  [1440, "light"],
  [1024, "dark"],
  [390, "light"],
] as const;

/** The console in a browser, and whatever went wrong in it. */
export interface Console {
  page: Page;
  /** Errors of scripts, and what the page's own policy has refused. */
  problems: string[];
}

/** @throws if the page isn't built, with what to do */
export async function openConsole(browser: Browser, url: string): Promise<Console> {
  if (!existsSync(fileURLToPath(new URL("../../../dist/console/page/index.html", import.meta.url)))) {
    throw new Error("The console is not built: npx vite build --config vite.console.ts");
  }
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(20_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems };
}

/** Signs in with a key, where the page asks for one. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Takes its picture at each size, where nothing may stand out at the side, and looks for what shuts people out. */
export async function inspect(page: Page, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  for (const [width, colorScheme] of sizes) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.screenshot({ path: join(screenshots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), `${name} at ${width}`).toBe(0);
    // A phone has the same tree, in the colours of one of the others.
    if (width !== 390) expect(await violations(page), `${name} in ${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** By axe, up to WCAG 2.2 AA and its best practices. */
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axeSource);
  const found = await page.evaluate<Violation[]>("axe.run().then(({ violations }) => violations)");
  return found.map(({ id, help, nodes }) =>
    [`${id}: ${help}`, ...nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`)].join(
      "\n",
    ),
  );
}
