import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useService } from "../../api/service.ts";
import { liveChannel } from "../live-channel.ts";
import { isBrowserThere, launchChromium } from "./chromium.ts";
import { openGuest } from "./guest.ts";

describe.skipIf(!isBrowserThere())("the page with Agora's own SDK", () => {
  const started = useService();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it("runs up to the join without an exception or a broken policy, and shows the card where there is no Agora", async () => {
    const service = started();
    const { path } = await liveChannel(service, "real");
    const asked: string[] = [];
    const guest = await openGuest(browser, service.url + path, {
      expects: /Failed to load resource: net::/,
      before: async (page) => {
        await page.route(
          (url) => url.hostname !== "127.0.0.1",
          (route) => {
            asked.push(new URL(route.request().url()).hostname);
            return route.abort();
          },
        );
      },
    });
    // It asks Agora's access points where the channel is.
    await expect.poll(() => asked, { timeout: 15_000 }).toContainEqual(expect.stringMatching(/\.agora\.io$/));
    expect(await guest.card()).toBe("One moment");
    expect(await guest.page.evaluate(() => window.ready)).toEqual([]);
    expect(await guest.page.evaluate(() => window.violations)).toEqual([]);
    const others = /^asked [\w.-]+\.(agora\.io|sd-rtn\.com|rtnsvc\.com|rtesvc\.com)(:\d+)?$/;
    expect(guest.problems.filter((problem) => !others.test(problem))).toEqual([]);
    await guest.context.close();
  });
});
