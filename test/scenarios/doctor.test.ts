import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runTally } from "../cli/tally.ts";
import { refusingUrl } from "../providers/support/http-server.ts";
import { createTestDatabase } from "../support/database.ts";
import { type Evening, openEvening, type RunningService } from "./evening.ts";

interface Item {
  check: string;
  state: string;
  says: string;
  todo: string | null;
}

let evening: Evening;
let service: RunningService;

beforeAll(async () => {
  evening = await openEvening();
  service = await evening.start();
});
afterAll(() => evening.close());

/** What the doctor finds, with the service's own environment but for `env`. */
async function doctor(env: Record<string, string> = {}) {
  const whole = { ...evening.environment, PUBLIC_URL: service.url, ...env };
  const ran = await runTally(["doctor", "--json"], { env: whole });
  const { items } = ran.json() as { items: Item[] };
  const of = (check: string) => items.filter((item) => item.check === check);
  return { ...ran, items, of };
}

describe("tally doctor", () => {
  it("finds nothing failed at a service that runs, and warns of what can't be right outside a trial", async () => {
    const { code, items, of } = await doctor();
    expect(items.filter(({ state }) => state === "failed")).toEqual([]);
    expect(code).toBe(0);
    expect(of("public url")).toMatchObject([
      { state: "warning", says: expect.stringContaining("this machine alone") as string },
      { state: "ok", says: `${service.url} is this deployment` },
    ]);
    expect(of("listen")).toMatchObject([{ state: "ok" }]);
    expect(of("clock")[0]?.says).toMatch(/database .*Agora .*Cloudflare /);
    expect(of("notifications")).toMatchObject([{ state: "ok" }, { state: "ok" }]);
    expect(of("processes")[0]?.says).toMatch(/^1 alive: /);
    expect(items.every(({ state, todo }) => (todo === null) === (state === "ok" || state === "skipped"))).toBe(true);
  });

  it("tells when each provider was last heard among the newest events", async () => {
    const env = { ...evening.environment, PUBLIC_URL: service.url };
    expect((await runTally(["simulate", "host-joins", "shoes"], { env })).code).toBe(0);
    expect((await doctor()).of("deliveries")).toMatchObject([
      { state: "warning", says: "Agora: just now; Cloudflare live: nothing yet; Cloudflare video: nothing yet" },
    ]);
  });

  it.each([
    ["Agora's secret is wrong", "agora", { AGORA_CUSTOMER_SECRET: "wrong" }, /customer ID and secret/],
    ["Cloudflare's token is wrong", "cloudflare", { CLOUDFLARE_STREAM_API_TOKEN: "wrong" }, /doesn't know the token/],
    ["the certificate was cut", "certificate", { AGORA_APP_CERTIFICATE: "abc" }, /32 hexadecimal digits/],
    ["the account is another", "stream", { CLOUDFLARE_STREAM_ACCOUNT_ID: "another" }, /"Stream: Edit"/],
    [
      "another deployment has the name",
      "public url",
      { AGORA_APP_CERTIFICATE: randomBytes(16).toString("hex") },
      /other secrets/,
    ],
  ])("fails if %s, and says so at the right place", async (_, check, env, words) => {
    const { code, err, of } = await doctor(env);
    expect(code).toBe(1);
    expect(err).toMatch(/^\d+ checks? failed\.\n$/);
    const failed = of(check).filter(({ state }) => state === "failed");
    expect(failed).toMatchObject([
      { says: expect.stringMatching(words) as string, todo: expect.any(String) as string },
    ]);
  });

  it("makes every other check if the database, Agora and the service are away", async () => {
    const nowhere = await refusingUrl();
    const { of } = await doctor({
      DATABASE_URL: "postgres://user:hidden@127.0.0.1:1/none",
      AGORA_API_URL: nowhere,
      PUBLIC_URL: nowhere,
    });
    for (const check of ["database", "listen", "schema", "agora", "agora hosts", "processes", "backlog"]) {
      expect(of(check)).toMatchObject([{ state: "failed" }]);
    }
    expect(of("cloudflare")).toMatchObject([{ state: "ok" }]);
    expect(of("stream")).toMatchObject([{ state: "ok" }]);
  });

  it("lists every bad setting, and looks at the database all the same", async () => {
    const { code, of } = await doctor({ PORT: "many", VIDEO_FPS: "fast" });
    expect(code).toBe(1);
    expect(of("settings").map(({ says }) => says.split(" ")[0])).toEqual(["PORT", "VIDEO_FPS"]);
    expect(of("database")).toMatchObject([{ state: "ok" }]);
    expect(of("agora")).toMatchObject([{ state: "skipped" }]);
  });

  it("names the migrations that a database lacks, and that no process is alive", async () => {
    const empty = await createTestDatabase({ migrated: false });
    try {
      const { of } = await doctor({ DATABASE_URL: empty.url });
      expect(of("schema")).toMatchObject([
        { state: "failed", says: expect.stringContaining("0001_initial") as string },
      ]);
      expect(of("database")).toMatchObject([{ state: "ok" }]);
    } finally {
      await empty.drop();
    }
  });

  it("finds what is set up wrong at Cloudflare, and names the command that mends it", async () => {
    evening.sandbox.control.changeSettings({
      webhooks: { cloudflareLive: "https://old.example.com/live", cloudflareVideo: "https://shop.example.com" },
    });
    const { of } = await doctor();
    evening.sandbox.control.changeSettings({ serviceUrl: service.url });
    expect(of("notifications").map(({ state, todo }) => [state, todo])).toEqual([
      ["failed", "tally setup cloudflare does it."],
      ["failed", "tally setup cloudflare does it."],
      ["warning", "tally setup cloudflare does it."],
    ]);
    expect(of("notifications")[0]?.says).toContain(`${service.url}/webhooks/cloudflare/live`);
  });

  it("prints a line for each check in 80 columns, without any secret", async () => {
    const env = { ...evening.environment, PUBLIC_URL: service.url, CLOUDFLARE_STREAM_API_TOKEN: "wrong-token-of-mine" };
    const { code, out, lines } = await runTally(["doctor"], { env });
    expect(code).toBe(1);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.some((line) => /^failed +cloudflare +Cloudflare doesn't know/.test(line))).toBe(true);
    expect(out).toContain("-> ");
    for (const secret of ["wrong-token-of-mine", evening.environment.AGORA_CUSTOMER_SECRET ?? ""]) {
      expect(out).not.toContain(secret);
    }
  });
});
