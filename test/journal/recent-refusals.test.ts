import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { createRefusalCounter, recentRefusals } from "../../src/journal/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const log = createLogger({ level: "silent" });
const live = {
  source: "cloudflare",
  door: "/cloudflare/live",
  why: "cf-webhook-auth is not the secret in CLOUDFLARE_NOTIFICATION_SECRET",
} as const;
const agora = {
  source: "agora",
  door: "/agora",
  why: "Agora-Signature-V2 doesn't fit the secret in AGORA_NCS_SECRET",
} as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const name of ["refusals", "events", "processes"]) await of(name).del();
});

const of = (name: string) => database.knex.withSchema(database.schema).table(name);
const now = Date.now();
const ago = (minutes: number) => new Date(now - minutes * 60_000);

async function refuse(what: typeof live | typeof agora, ...minutes: number[]): Promise<void> {
  let at = now;
  const counter = createRefusalCounter({ ...database, log, delayMs: 3_600_000, now: () => at });
  for (const each of minutes) {
    at = ago(each).getTime();
    counter.onRefused(what);
  }
  await counter.close();
}

async function accept(source: "agora" | "cloudflare", type: string, minutes: number): Promise<void> {
  await of("events").insert({ source, type, dedupe_key: `${type} ${minutes}`, received_at: ago(minutes) });
}

const start = (minutes: number, heardAgo = 0) =>
  of("processes").insert({
    pool_id: `${minutes}`,
    hostname: "one",
    pid: 1,
    started_at: ago(minutes),
    heartbeat_at: ago(heardAgo),
  });

async function found() {
  const [refusals] = await recentRefusals(database, 1);
  return { isAlarming: refusals?.isAlarming, ...refusals?.afterwards };
}

test("refused and nothing since: an alarm, whatever came to another address", async () => {
  await start(30);
  await refuse(live, 9, 5);
  await accept("cloudflare", "video.ready", 3);
  await accept("agora", "rtc.103", 3);
  expect(await found()).toEqual({ isAlarming: true, state: "nothing", at: null });
});

test("a notification that is accepted, be it a test, says that it is over, and since when", async () => {
  await start(30);
  await accept("cloudflare", "live_input.connected", 20);
  await refuse(live, 9, 5);
  await accept("cloudflare", "live_input.connected", 2);
  await accept("cloudflare", "notification.test", 3);
  expect(await found()).toEqual({ isAlarming: false, state: "accepted", at: ago(3) });
});

test("where some are accepted between those that are refused, only a restart makes another of them count", async () => {
  await start(30);
  await refuse(live, 9, 5);
  await accept("cloudflare", "live_input.connected", 7);
  await accept("cloudflare", "live_input.connected", 3);
  expect(await found()).toEqual({ isAlarming: true, state: "others", at: null });
  await of("processes").del();
  await start(4);
  expect(await found()).toEqual({ isAlarming: false, state: "accepted", at: ago(3) });
});

test("one product's secret is wrong: another product's notices say nothing until the service is started anew", async () => {
  await start(30);
  await refuse(agora, 9, 5);
  await accept("agora", "rtc.103", 4);
  expect(await found()).toEqual({ isAlarming: true, state: "nothing", at: null });
  await of("processes").del();
  await start(3);
  expect(await found()).toEqual({ isAlarming: true, state: "restart", at: ago(3) });
  await accept("agora", "rtc.104", 1);
  expect(await found()).toEqual({ isAlarming: false, state: "accepted", at: ago(1) });
});

test("not all processes were started since: it is not a restart; one that is gone doesn't count", async () => {
  await refuse(live, 5);
  await start(30, 20);
  await start(3);
  expect(await found()).toMatchObject({ state: "restart" });
  await start(40);
  expect(await found()).toMatchObject({ state: "nothing" });
});
