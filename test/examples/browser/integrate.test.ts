import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { AppRouter } from "@tally/client/trpc";
import type { TRPCClient } from "@trpc/client";
import { EventSource } from "eventsource";
import express, { type Request, type Router } from "express";
import type { Browser } from "playwright-core";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";

import { blocks } from "../../docs/blocks.ts";
import { apiKey, type Evening, openEvening } from "../../scenarios/evening.ts";
import { freePort } from "../../scenarios/process.ts";
import { isBrowserThere, launchChromium } from "../../stage/browser/chromium.ts";

const soon = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });
const seller = "7";
const channel = "sale-7";
const host = 1001;
/** What a page does with the block for it. */
const pageScript = `
  import { followStatus } from "/follow-status.js";
  window.end = followStatus(window.tallyUrl, "${channel}", (status) => (window.status = status.state + " " + status.live));`;

interface TrpcBlock {
  createTally: (tallyUrl: string, getToken: () => Promise<string>) => TRPCClient<AppRouter>;
  followStatus: (
    tally: TRPCClient<AppRouter>,
    channel: string,
    show: (isLive: boolean) => void,
    refused: (code: string | undefined) => void,
  ) => () => void;
}

describe("docs/integrate.md, run", () => {
  let evening: Evening;
  let tallyUrl: string;
  let appUrl: string;
  let app: Server;
  let folder: string;

  beforeAll(async () => {
    const port = await freePort();
    appUrl = `http://127.0.0.1:${port}`;
    evening = await openEvening({ CORS_ORIGINS: appUrl, NOTIFICATION_ALLOW_PRIVATE: "true" });
    ({ url: tallyUrl } = await evening.start());
    vi.stubEnv("TALLY_URL", tallyUrl);
    vi.stubEnv("TALLY_KEY", apiKey);
    // In the checkout, so that its packages are found from there.
    folder = await mkdtemp(fileURLToPath(new URL("../../../dist/integrate-", import.meta.url)));
    for (const [name, code] of blocks) await writeFile(join(folder, name), code);
    const { sellerRoutes } = await load<{ sellerRoutes: (sellerOf: (request: Request) => string) => Router }>(
      "backend.ts",
    );
    app = await listen(
      express()
        .get("/", (_request, response) => void response.type("html").send("<!doctype html><title>A page</title>"))
        .get("/follow-status.js", (_request, response) => void response.type("js").send(compiled("follow-status.ts")))
        .get("/page.js", (_request, response) => void response.type("js").send(pageScript))
        .use(sellerRoutes(() => seller)),
      port,
    );
    await fetch(`${appUrl}/broadcast`, { method: "PUT" });
  });
  afterAll(async () => {
    await close(app);
    await evening.close();
    await rm(folder, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  const load = <Module>(name: string) => import(join(folder, name)) as Promise<Module>;
  const isLive = async () => ((await (await fetch(`${appUrl}/is-live`)).json()) as { isLive: boolean }).isLive;

  it("the backend registers her channel, and reads its status, the second time without a body", async () => {
    expect((await evening.api("GET", `/v1/channels/${channel}`)).body).toMatchObject({ hostUserId: seller });
    const answers = vi.spyOn(globalThis, "fetch");
    onTestFinished(() => answers.mockRestore());
    expect([await isLive(), await isLive()]).toEqual([false, false]);
    const ofTally = await Promise.all(
      answers.mock.calls.flatMap(([url], i) =>
        (url as string).startsWith(tallyUrl) ? [answers.mock.results[i]?.value as Promise<Response>] : [],
      ),
    );
    expect(ofTally.map(({ status }) => status)).toEqual([200, 304]);
  });

  it("the backend is told once she is live, and that it is over, and takes nobody else's word", async () => {
    const { notificationRoutes } = await load<{
      notificationRoutes: (secret: string, take: (id: string, told: { type: string }) => Promise<void>) => Router;
    }>("notifications.ts");
    const told: string[] = [];
    const routes = express();
    const receiver = await listen(routes);
    onTestFinished(() => close(receiver));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/tally`;
    const events = ["live.started", "live.ended"];
    const { body } = await evening.api("POST", "/v1/notification-endpoints", { url, events });
    routes.use(
      notificationRoutes((body as { secret: string }).secret, (_id, { type }) => Promise.resolve(void told.push(type))),
    );
    const headers = { "content-type": "application/json", "webhook-id": "msg_1", "webhook-signature": "v1,Zm9yZ2Vk" };
    expect((await fetch(url, { method: "POST", headers, body: "{}" })).status).toBe(401);

    evening.sandbox.control.join(channel, host, "host");
    await soon(() => told).toEqual(["live.started"]);
    expect(await isLive()).toBe(true);
    evening.sandbox.control.leave(channel, host, "host");
    await soon(() => told).toEqual(["live.started", "live.ended"]);
  });

  it("tRPC tells each change, by a token in the subscription", async () => {
    vi.stubGlobal("EventSource", EventSource);
    onTestFinished(() => void vi.unstubAllGlobals());
    const { createTally, followStatus } = await load<TrpcBlock>("trpc.ts");
    const getToken = async () => {
      const answer = await fetch(`${appUrl}/status-token`, { method: "POST" });
      return ((await answer.json()) as { token: string }).token;
    };
    const tally = createTally(tallyUrl, getToken);
    expect((await tally.recording.status.query({ channel })).live).toBe(false);
    const shown: boolean[] = [];
    const refusals: unknown[] = [];
    const end = followStatus(
      tally,
      channel,
      (live) => shown.push(live),
      (code) => refusals.push(code),
    );
    onTestFinished(end);
    await soon(() => shown.at(-1)).toBe(false);
    evening.sandbox.control.join(channel, host, "host");
    await soon(() => shown.at(-1)).toBe(true);
    evening.sandbox.control.leave(channel, host, "host");
    await soon(() => shown.at(-1)).toBe(false);
    followStatus(
      tally,
      "sale-8",
      () => undefined,
      (code) => refusals.push(code),
    );
    await soon(() => refusals).toEqual(["channel_unknown"]);
  });

  describe.skipIf(!isBrowserThere())("in a browser", () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser.close());

    it("the page that needs nothing follows the status, and gets another token when one is refused", async () => {
      const page = await browser.newPage();
      let tokens = 0;
      await page.route("**/status-token", (route) =>
        ++tokens === 1 ? route.fulfill({ json: { token: "ended" } }) : route.continue(),
      );
      await page.goto(appUrl);
      await page.evaluate((url) => Object.assign(window, { tallyUrl: url }), tallyUrl);
      await page.addScriptTag({ type: "module", url: "/page.js" });
      const status = () => page.evaluate<string>("window.status");
      await soon(status).toMatch(/ false$/);
      expect(tokens).toBe(2);
      evening.sandbox.control.join(channel, host, "host");
      await soon(status).toBe("recording true");
      evening.sandbox.control.leave(channel, host, "host");
      await soon(status).toBe("stopped false");
    });
  });
});

function compiled(name: string): string {
  const { ModuleKind: module, ScriptTarget: target } = ts;
  const compilerOptions = { module: module.ESNext, target: target.ES2022 };
  return ts.transpileModule(blocks.get(name) ?? "", { compilerOptions }).outputText;
}

async function listen(handle: RequestListener, port = 0): Promise<Server> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
