import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createDatabase } from "../../../src/db/index.ts";
import { listEvents } from "../../../src/eventlog/index.ts";
import { createKey, revokeKey } from "../../../src/keys/index.ts";
import { createLogger } from "../../../src/log.ts";
import { apiKey, type Evening, openEvening } from "../../scenarios/evening.ts";
import { isBrowserThere, launchChromium } from "../../stage/browser/chromium.ts";
import { templateSchema } from "../../support/database.ts";
import { type Console, inspect, openConsole, signIn } from "./open-console.ts";

const soon = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });
const host = 1001;
const refusal = { status: 500, body: { code: 65, reason: "not now" } };

describe.skipIf(!isBrowserThere())("the operators' console", { timeout: 90_000 }, () => {
  let evening: Evening;
  let browser: Browser;
  let url: string;
  let database: ReturnType<typeof createDatabase>;
  const consoles: Console[] = [];

  beforeAll(async () => {
    const settings = { STOP_DEAD_SECONDS: "1", METRICS_SECONDS: "5" };
    [browser, evening] = await Promise.all([launchChromium(), openEvening(settings)]);
    const service = await evening.start();
    url = `${service.url}/console`;
    database = createDatabase({
      url: evening.databaseUrl,
      schema: templateSchema,
      poolMax: 2,
      log: createLogger({ level: "fatal" }),
    });
  });
  afterEach(async () => {
    const seen = consoles.splice(0);
    await Promise.all(seen.map(({ page }) => page.close()));
    evening.sandbox.control.clearFaults();
    expect(seen.flatMap(({ problems }) => problems)).toEqual([]);
  });
  afterAll(async () => {
    await database.close();
    await browser.close();
    await evening.close();
  });

  async function open(path = "", key: string | null = apiKey): Promise<Page> {
    const opened = await openConsole(browser, url + path);
    consoles.push(opened);
    if (key !== null) await signIn(opened.page, key);
    return opened.page;
  }
  const see = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();
  const rowOf = (page: Page, channel: string) => page.getByRole("row").filter({ hasText: channel });
  const dialogOf = (page: Page) => page.getByRole("dialog");

  it("lets in whoever has a key, says so to who hasn't, and comes back to the same place when a session is over", async () => {
    const page = await open("/events?source=agora", null);
    await see(page, "Sign in");
    await inspect(page, "sign-in");
    await signIn(page, "wrong");
    expect(await page.getByRole("alert").textContent()).toMatch(/key/i);

    const { row, text } = await createKey(database, { name: "night shift", scope: "operate" });
    const followed = page.waitForResponse("**/v1/overview/stream");
    await signIn(page, text);
    await see(page, "Events");
    await page.getByText("No event fits.").waitFor();
    await followed;
    expect(await page.getByRole("banner").textContent()).toContain("night shift");
    await revokeKey(database, row.id);
    await page.getByRole("link", { name: "Dead letters" }).click();
    await page.getByText("Your session is over").waitFor();
    await signIn(page, apiKey);
    await see(page, "Dead letters");

    await page.getByRole("button", { name: "Sign out" }).click();
    await see(page, "Sign in");
    await page.reload();
    await see(page, "Sign in");
  });

  it("shows an evening as it goes, without being loaded again, and says when it can't", async () => {
    const { control } = evening.sandbox;
    const page = await open();
    await see(page, "On air now");
    await page.evaluate("window.isSame = true");
    control.join("evening-sale", host, "host");
    await rowOf(page, "evening-sale").getByText("On air", { exact: true }).waitFor();
    expect(await page.getByRole("status").filter({ hasText: "evening-sale: On air" }).count()).toBe(1);
    await page.getByRole("link", { name: /^Session .*, open$/ }).waitFor();

    const [recorder] = control.record().recorders;
    control.dropPush(recorder?.sid ?? "");
    await rowOf(page, "evening-sale").getByText("Trouble").waitFor();
    await page.getByRole("link", { name: /^Session .*, open, picture gone once, noticed for / }).waitFor();
    control.recoverPush(recorder?.sid ?? "");
    await rowOf(page, "evening-sale").getByText("On air", { exact: true }).waitFor();

    control.planFaults({ operation: "start", times: 1_000, answer: { status: 400, body: { code: 2, reason: "bad" } } });
    control.join("refused-sale", host, "host");
    await rowOf(page, "refused-sale").getByText("Trouble").waitFor();
    await see(page, "On air now: 1 with a problem");
    const [, first] = await page.getByRole("table").getByRole("row").allTextContents();
    expect(first).toContain("refused-sale");
    await inspect(page, "on-air");

    await page.route("**/v1/overview/stream", (route) => route.abort());
    await page.reload();
    await page.getByText("Connection lost").waitFor();
    await page.unroute("**/v1/overview/stream");
    await page.getByText("Connection lost").waitFor({ state: "detached" });
    await page.evaluate("window.isSame = true");
    control.leave("evening-sale", host, "host");
    await rowOf(page, "evening-sale").getByText("Off air").waitFor();
    control.leave("refused-sale", host, "host");
    await rowOf(page, "refused-sale").getByText("Trouble").waitFor({ state: "detached" });
    expect(await page.evaluate("window.isSame")).toBe(true);
  });

  it("shows at once that a provider's webhooks are refused, and what to do", async () => {
    const page = await open();
    await see(page, "On air now");
    const refused = page.getByRole("region", { name: "Webhooks refused in the last hour" });
    expect(await refused.count()).toBe(0);
    const address = url.replace(/console$/, "webhooks/");
    await fetch(`${address}cloudflare/live`, { method: "POST", headers: { "cf-webhook-auth": "wrong" }, body: "{}" });
    await fetch(`${address}agora`, { method: "POST", body: "{}" });
    await refused.getByText("1 from Cloudflare notifications").waitFor();
    const words = await refused.textContent();
    expect(words).toContain("cf-webhook-auth is not the secret in CLOUDFLARE_NOTIFICATION_SECRET");
    expect(words).toContain(
      "What to do: If the secret was changed at Cloudflare, add the new one to CLOUDFLARE_NOTIFICATION_SECRET",
    );
    await refused.getByText("1 more, a stranger’s, likely").click();
    await refused.getByText("not sent by Agora").waitFor();
    await page.getByRole("link", { name: /^On air\s*: webhooks are refused$/ }).waitFor();
    await inspect(page, "refused");
    await database.knex.withSchema(database.schema).table("refusals").del();
    await refused.waitFor({ state: "detached" });
  });

  it("has each page's tree read as what it is", async () => {
    const page = await open();
    await rowOf(page, "evening-sale").waitFor();
    await soon(() => page.locator("body").ariaSnapshot()).toMatch(/- main:\n\s+- heading "On air now/);
    const tree = await page.locator("body").ariaSnapshot();
    for (const part of ["- banner:", '- navigation "Console":', "- table:", '- columnheader "Why not"', "- status"]) {
      expect(tree).toContain(part);
    }
    expect(tree).toContain('- heading "The last hours" [level=2]');
  });

  it("goes by the keyboard alone", async () => {
    const page = await open();
    await rowOf(page, "evening-sale").waitFor();
    await page.keyboard.press("?");
    expect(await dialogOf(page).textContent()).toContain("Dead letters");
    await page.keyboard.press("Escape");
    await dialogOf(page).waitFor({ state: "detached" });
    await page.keyboard.press("/");
    await page.keyboard.type("evening");
    await rowOf(page, "refused-sale").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await see(page, "evening-sale");
    for (const [key, name] of [
      ["d", "Dead letters"],
      ["e", "Events"],
      ["h", "On air now"],
    ] as const) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await see(page, name);
    }
  });

  it("tells a failed start: drawn, in words, with the call that failed", async () => {
    const page = await open();
    await rowOf(page, "refused-sale")
      .getByRole("link", { name: /^\d+-1$/ })
      .click();
    await page.getByRole("heading", { level: 1, name: /^Session/ }).waitFor();
    await page.getByText("What went wrong first").waitFor();
    await page.keyboard.press("n");
    await page.locator(".entry.selected.bad > button", { hasText: "Agora start failed, not tried again" }).waitFor();
    expect(await page.evaluate("document.activeElement?.matches('.entry.selected.bad > button')")).toBe(true);
    expect(await page.getByRole("article").textContent()).toContain("HTTP 400, code 2");
    const selected = () => page.locator(".drawn.selected").getAttribute("data-entry");
    const byList = await selected();
    expect(byList).toMatch(/^call:/);
    await inspect(page, "session");

    const entry = page.locator(".entry.selected");
    const first = page.locator(".drawn .mark").first();
    await first.scrollIntoViewIfNeeded();
    const mark = await first.boundingBox();
    await page.mouse.click((mark?.x ?? 0) + 5, (mark?.y ?? 0) + 5);
    await soon(selected).not.toBe(byList);
    const byMark = await selected();
    expect(await entry.getAttribute("data-entry")).toBe(byMark);
    await page.getByRole("group", { name: /Drawing/ }).focus();
    await page.keyboard.press("+");
    await page.keyboard.press("ArrowRight");
    await soon(selected).not.toBe(byMark);
    await page.getByRole("button", { name: "All of it" }).click();
    // The arrow may have opened it already, and another click would close it.
    const joined = page.getByRole("button", { name: /^.*Host.*joined/ }).first();
    if ((await joined.getAttribute("aria-expanded")) === "false") await joined.click();
    await entry.getByRole("button", { name: "Show the event" }).click();
    expect(await entry.getByRole("region", { name: "Body" }).textContent()).toContain("refused-sale");
  });

  it("starts and stops a channel by hand, and says first what that does", async () => {
    const { control } = evening.sandbox;
    control.join("by-hand", host, "host");
    await evening.until("by-hand", "live", ({ live }) => live);
    const counted = async () =>
      ((await evening.api("GET", "/v1/channels/by-hand/metrics")).body as { items: unknown[] }).items.length;
    await soon(counted).toBeGreaterThan(0);
    const page = await open("/channels/by-hand");
    await see(page, "by-hand");
    await page.getByRole("button", { name: "Show the picture" }).click();
    await soon(() => page.evaluate("document.querySelector('video').videoWidth")).toBe(320);
    await page.getByText("Watching the stream").waitFor();
    await inspect(page, "channel");
    await page.getByRole("button", { name: "Stop …" }).click();
    const stop = dialogOf(page).getByRole("button", { name: "Stop", exact: true });
    expect(await dialogOf(page).textContent()).toContain("viewers lose the picture");
    expect(await stop.isDisabled()).toBe(true);
    await dialogOf(page).getByLabel("Type by-hand to confirm").fill("by-hand");
    await stop.click();
    await page.locator(".lamp", { hasText: "Held" }).waitFor();
    await page.getByRole("button", { name: "Release …" }).click();
    await dialogOf(page).getByRole("button", { name: "Release" }).click();
    await page
      .getByText(/^On air/)
      .first()
      .waitFor();
    control.leave("by-hand", host, "host");
  });

  it("replays events after a plan and its confirmation, and lets them start something only by the channel's name", async () => {
    await unheard("replayed");
    const home = await open();
    await rowOf(home, "replayed")
      .getByText(/1 notice unrecognised/)
      .waitFor();
    await rowOf(home, "replayed")
      .getByRole("link", { name: /process it again/ })
      .click();
    await see(home, "Event");
    await home.getByRole("button", { name: "Process again …" }).waitFor();
    await home.getByRole("link", { name: "replayed", exact: true }).click();
    await home.getByText("Perhaps why not on air:").waitFor();
    const page = await open("/events?channel=replayed&status=unrecognised");
    await page.getByRole("checkbox", { name: /^Choose event/ }).check();
    await inspect(page, "events");
    await page.getByRole("button", { name: "Replay 1 chosen …" }).click();
    const plan = page.getByRole("region", { name: "What changes in replayed" });
    await plan.getByRole("row", { name: /host\.present/ }).waitFor();
    expect(await plan.textContent()).toContain("The channel is held");
    await dialogOf(page).getByText("The host of replayed is here now, and would stay off air.").waitFor();
    await inspect(page, "replay");
    const doIt = dialogOf(page).getByRole("button", { name: "Replay 1 event" });
    expect(await doIt.isEnabled()).toBe(true);
    await page.getByLabel("let it start what it wants now").check();
    await dialogOf(page).getByLabel("Type replayed to confirm").waitFor();
    await plan.locator(".lamp", { hasText: "Starting" }).waitFor();
    expect(await page.getByLabel("also where the last broadcast is over").count()).toBe(0);
    expect(await doIt.isDisabled()).toBe(true);
    expect(await evening.status("replayed")).toMatchObject({ hold: null, host: { present: false } });
    await page.getByLabel("hold the channel: it starts nothing").check();
    await doIt.click();
    await page.getByText("1 event was processed again; 1 channel changed.").waitFor();
    await dialogOf(page).getByRole("link", { name: "replayed" }).waitFor();
    expect(await evening.status("replayed")).toMatchObject({ hold: { reason: "replay" }, host: { present: true } });
  });

  it("has what was given up tried again, after saying what that does", async () => {
    const { control } = evening.sandbox;
    control.join("leaking", host, "host");
    await evening.until("leaking", "live", ({ live }) => live);
    control.planFaults({ operation: "stop", times: 100_000, answer: refusal });
    control.leave("leaking", host, "host");
    const page = await open();
    await page.getByRole("link", { name: "Dead letters 1" }).click();
    await see(page, "Dead letters");
    await rowOf(page, "leaking").waitFor();
    await inspect(page, "dead-letters");
    await rowOf(page, "leaking").getByRole("link", { name: /^\d+$/ }).click();
    expect(
      await page
        .getByRole("article", { name: /Call: agora, stop/ })
        .first()
        .textContent(),
    ).toContain("HTTP 500");
    await inspect(page, "effect");
    control.clearFaults();
    await page.getByRole("button", { name: "Try again …" }).click();
    await dialogOf(page).getByRole("button", { name: "Try again" }).click();
    await page.getByText("It is tried again.").waitFor();
    await evening.until("leaking", "stopped", ({ state }) => state === "stopped");
  });

  it("has nothing to press for a key that may only read, and says why", async () => {
    const { text } = await createKey(database, { name: "looking", scope: "read" });
    const page = await open("/channels/evening-sale", text);
    await see(page, "evening-sale");
    const start = page.getByRole("button", { name: "Start …" });
    await start.waitFor();
    expect(await start.getAttribute("aria-disabled")).toBe("true");
    expect(await page.getByText("Your key may only read").count()).toBeGreaterThan(3);
    await start.click({ force: true });
    expect(await dialogOf(page).count()).toBe(0);
  });

  /** A host's join that was not understood when it came, so that nothing followed from it. */
  async function unheard(channel: string): Promise<void> {
    await evening.api("PUT", `/v1/channels/${channel}`, {});
    evening.sandbox.control.join(channel, host, "audience");
    const find = () => listEvents(database, { channel, type: "105" });
    await soon(async () => (await find())[0]?.status).toBe("applied");
    const [joined] = await find();
    const payload = { ...(joined?.payload as object), eventType: 103 };
    await database.knex
      .withSchema(database.schema)
      .table("events")
      .where({ id: joined?.id })
      .update({ type: "rtc.103", payload: JSON.stringify(payload), status: "unrecognised", applied_version: null });
  }
});
