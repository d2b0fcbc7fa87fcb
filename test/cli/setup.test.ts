import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Io } from "../../src/cli/io.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { json, listen, type Respond } from "../providers/support/http-server.ts";
import { call } from "../sandbox/clients.ts";
import { type Ran, runTally } from "./tally.ts";

let sandbox: Sandbox;
let dataDir: string;

beforeEach(async () => {
  sandbox = await createSandbox({ settings: { pace: 0.02 } });
  dataDir = await mkdtemp(join(tmpdir(), "tally-setup-"));
});
afterEach(async () => {
  await sandbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** A service that answers webhooks, and a command line for it. */
async function deployment(respond: Respond = json(200, {})) {
  const { url, received } = await listen(respond);
  const tally = (argv: readonly string[], env: Record<string, string> = {}, io: Partial<Io> = {}): Promise<Ran> =>
    runTally(["setup", ...argv], {
      env: { ...sandbox.environment, PUBLIC_URL: url, TALLY_DATA_DIR: dataDir, ...env },
      ...io,
    });
  return { url, received, tally };
}

const created = () => sandbox.control.record().calls.filter(({ method }) => method !== "GET");

describe("tally setup cloudflare", () => {
  it("sets everything up, tells the video webhook's secret, and then has nothing to do", async () => {
    const { url, received, tally } = await deployment();
    const first = await tally(["cloudflare", "--yes"], { CLOUDFLARE_STREAM_WEBHOOK_SECRET: "" });
    expect([first.code, first.err]).toEqual([0, ""]);
    expect(first.lines.filter((line) => line.startsWith("done:"))).toHaveLength(3);
    const secret = sandbox.environment.CLOUDFLARE_STREAM_WEBHOOK_SECRET ?? "";
    expect(first.out).toContain(`\n\n${secret}\n`);
    expect(received).toMatchObject([
      {
        url: "/webhooks/cloudflare/live",
        headers: { "cf-webhook-auth": sandbox.environment.CLOUDFLARE_NOTIFICATION_SECRET },
        body: { text: expect.stringContaining("test message") as string },
      },
    ]);

    const second = await tally(["cloudflare", "--yes", "--json"]);
    expect(second.code).toBe(0);
    expect(second.json()).toEqual({ plan: [], done: [], left: [], streamWebhookSecret: null });
    expect(created()).toHaveLength(3);

    expect(await policies()).toMatchObject([
      { filters: { event_type: expect.arrayContaining(["live_input.errored"]) as unknown } },
    ]);
    expect(await streamWebhook()).toMatchObject({ notificationUrl: `${url}/webhooks/cloudflare/video` });
  });

  it("sets no filter where Cloudflare doesn't name the events", async () => {
    sandbox.control.changeSettings({ account: { listsFilterOptions: false } });
    const { tally } = await deployment();
    expect((await tally(["cloudflare", "--yes"])).code).toBe(0);
    expect((await policies())[0]).not.toHaveProperty("filters");
  });

  it("only says what it would do with --dry-run, and without anybody to ask", async () => {
    const { tally } = await deployment();
    const dry = await tally(["cloudflare", "--dry-run", "--json"]);
    expect(dry.code).toBe(0);
    expect(dry.json()).toMatchObject({ plan: [{ kind: "create_destination" }, {}, {}], done: [] });
    const unasked = await tally(["cloudflare"]);
    expect([unasked.code, unasked.err]).toEqual([1, expect.stringContaining("--yes does it unasked")]);
    expect(created()).toEqual([]);
  });

  it("mends a policy that lacks an event", async () => {
    const { tally } = await deployment();
    await tally(["cloudflare", "--yes"]);
    const [policy] = await policies();
    const body = { ...policy, filters: { event_type: ["live_input.connected"] } };
    await call("PUT", `${account()}/alerting/v3/policies/${String(policy?.id)}`, body, bearer());
    const { code, out } = await tally(["cloudflare", "--yes"]);
    expect(code).toBe(0);
    expect(out).toContain("add live_input.disconnected, live_input.errored");
    expect((await tally(["cloudflare", "--yes"])).out).toBe("Nothing to do: Cloudflare is set up.\n");
  });

  it.each([
    ["404", false],
    ["empty", true],
  ] as const)(
    "learns the secret whatever Cloudflare answers without a webhook (%s) and with one",
    async (none, tellsSecret) => {
      sandbox.control.changeSettings({ account: { streamWebhook: { none, tellsSecret } } });
      const { tally } = await deployment();
      const secret = sandbox.environment.CLOUDFLARE_STREAM_WEBHOOK_SECRET;
      const unset = { CLOUDFLARE_STREAM_WEBHOOK_SECRET: "" };
      for (const times of [1, 2]) {
        const ran = await tally(["cloudflare", "--yes", "--json"], unset);
        expect([times, ran.json()]).toMatchObject([times, { left: [], streamWebhookSecret: secret }]);
      }
    },
  );

  describe("where the Stream webhook is somebody else's", () => {
    const theirs = "https://shop.example.com/videos";
    const present = async () => (await streamWebhook())?.notificationUrl;
    beforeEach(() => {
      sandbox.control.changeSettings({ webhooks: { cloudflareVideo: theirs } });
    });

    it("leaves it in spite of --yes, does the rest, and says so", async () => {
      const { tally } = await deployment();
      const { code, out, err } = await tally(["cloudflare", "--yes"]);
      expect([code, await present()]).toEqual([1, theirs]);
      expect(out).toContain(theirs);
      expect(err).toContain("--replace");
      expect(await policies()).toHaveLength(1);
    });

    it("replaces it with --replace, or if a person says so", async () => {
      const { url, tally } = await deployment();
      expect((await tally(["cloudflare", "--yes", "--replace"])).code).toBe(0);
      expect(await present()).toBe(`${url}/webhooks/cloudflare/video`);
      sandbox.control.changeSettings({ webhooks: { cloudflareVideo: theirs } });
      const asked: string[] = [];
      const ask = (question: string) => Promise.resolve(asked.push(question) > 0);
      expect((await tally(["cloudflare"], {}, { ask })).code).toBe(0);
      expect(asked).toEqual([expect.stringContaining("Replace that Stream webhook?")]);
      expect(await present()).toBe(`${url}/webhooks/cloudflare/video`);
    });
  });

  describe("refuses in clear words", () => {
    it.each([
      ["a token that may not", { account: { permissions: { notifications: false } } }, /"Notifications: Edit"/],
      ["a token that may not write Stream", { account: { permissions: { stream: false } } }, /"Stream: Edit"/],
      ["a token that isn't known", { cloudflare: { apiToken: "another" } }, /CLOUDFLARE_STREAM_API_TOKEN/],
      ["a plan without webhooks", { account: { webhooksInPlan: false } }, /zone on a paid plan/],
    ])("%s", async (_, settings, words) => {
      const { tally } = await deployment();
      sandbox.control.changeSettings(settings);
      const { code, err } = await tally(["cloudflare", "--yes"]);
      expect([code, err]).toEqual([1, expect.stringMatching(words)]);
    });

    it("a service that doesn't take the test message", async () => {
      const { tally } = await deployment(json(401, {}));
      const { code, err } = await tally(["cloudflare", "--yes"]);
      expect([code, err]).toEqual([1, expect.stringContaining("must run there first")]);
      expect(await streamWebhook()).toBeNull();
    });

    it.each([
      ["http://localhost:3000", /this machine alone/],
      ["https://192.168.1.7", /private network/],
      ["https://tally.example.com:8443", /80 and 443 only/],
    ])("the address %s, which the real Cloudflare can't reach", async (url, words) => {
      const { tally } = await deployment();
      // Nothing listens there, and it isn't called.
      const env = { PUBLIC_URL: url, CLOUDFLARE_API_URL: "http://127.0.0.2:1/client/v4" };
      expect(await tally(["cloudflare", "--yes"], env)).toMatchObject({
        code: 1,
        err: expect.stringMatching(words) as string,
      });
    });
  });
});

describe("tally setup agora", () => {
  it("tells the URL and every event of each product, in 80 columns", async () => {
    const { url, tally } = await deployment();
    const { code, out, lines } = await tally(["agora"]);
    expect(code).toBe(0);
    expect(out).toContain(`${url}/webhooks/agora`);
    for (const words of ["103", "host joined", "Cloud Recording", "push status", "AGORA_NCS_SECRET", "Check"]) {
      expect(out).toContain(words);
    }
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const { products } = (await tally(["agora", "--json"])).json() as { products: { product: string }[] };
    expect(products.map(({ product }) => product)).toEqual([
      "RTC channel events",
      "Cloud Recording",
      "Media Push (REST)",
    ]);
  });
});

function account(): string {
  return `${sandbox.environment.CLOUDFLARE_API_URL ?? ""}/accounts/${sandbox.environment.CLOUDFLARE_STREAM_ACCOUNT_ID ?? ""}`;
}

function bearer(): Record<string, string> {
  return { authorization: `Bearer ${sandbox.environment.CLOUDFLARE_STREAM_API_TOKEN ?? ""}` };
}

async function policies(): Promise<Record<string, unknown>[]> {
  const { body } = await call("GET", `${account()}/alerting/v3/policies`, undefined, bearer());
  return (body as { result: Record<string, unknown>[] }).result;
}

async function streamWebhook(): Promise<{ notificationUrl: string } | null> {
  const { body } = await call("GET", `${account()}/stream/webhook`, undefined, bearer());
  return (body as { result: { notificationUrl: string } | null }).result;
}
