import { setMaxListeners } from "node:events";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { createStatuses } from "../../src/api/index.ts";
import { type Statuses } from "../../src/api/status/statuses.ts";
import { type WatchOptions, watchStatus } from "../../src/api/status/watch-status.ts";
import { createAdvance } from "../../src/engine/index.ts";
import { appendWithin, type Feed, openFeed, operatorEvent, registerChannel, table } from "../../src/eventlog/index.ts";
import { defaultPolicy, type Status } from "../../src/live/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type LogLines, logLines } from "../support/log-lines.ts";
import { plainLinks } from "../support/playback-links.ts";

let database: TestDatabase;
let feed: Feed;
let lines: LogLines;
let statuses: Statuses;
/** Statements that read a channel by its name. */
let reads: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  lines = logLines();
  feed = openFeed({ url: database.url, schema: database.schema, log: lines.log });
  await lines.seen("feed.listening");
  statuses = createStatuses({
    ...database,
    feed,
    log: lines.log,
    links: plainLinks,
    defaultMode: "cloud-recording",
    retryMs: 1,
  });
  database.knex.on("query", ({ sql, bindings }: { sql: string; bindings: string[] }) => {
    if (/^select \* from "tally".channels where name/.test(sql)) reads.push(bindings[0] ?? "");
  });
});
afterAll(async () => {
  await feed.close();
  await database.drop();
});

let ending: AbortController;
beforeEach(() => {
  ending = new AbortController();
  setMaxListeners(0, ending.signal);
});
afterEach(() => ending.abort());

/** Registers a channel under a name of its own. */
async function newChannel(name: string): Promise<{ id: number; name: string }> {
  reads = [];
  return { id: await registerChannel(database, name), name };
}

/** Asks for a stop, which makes a new version. */
async function change(channel: { id: number; name: string }): Promise<number> {
  const { knex, schema } = database;
  await knex.transaction((trx) =>
    appendWithin(trx, schema, [operatorEvent(channel, { type: "StopRequested" }, "test")]),
  );
  const rules = { interpret, policy: defaultPolicy, defaultMode: "cloud-recording" as const, maxActiveRelays: 50 };
  const advanced = await createAdvance({ knex, schema, log: lines.log, ...rules }).advance(channel.id);
  return advanced?.version ?? NaN;
}

function watch(name: string, options: Partial<WatchOptions> = {}) {
  return watchStatus({ statuses }, { name }, { signal: ending.signal, ...options });
}

async function next(watched: AsyncGenerator<Status, void>): Promise<Status> {
  const { done, value } = await watched.next();
  if (done === true) throw new Error("there is no next status");
  return value;
}

test("begins with the current status and goes on with every newer one", async () => {
  const channel = await newChannel("evening");
  const watched = watch("evening");
  expect(await next(watched)).toMatchObject({ channel: "evening", version: 0, state: "idle" });
  for (const version of [1, 2]) {
    await change(channel);
    expect(await next(watched)).toMatchObject({ channel: "evening", version });
  }
});

test("gives whoever is slow the newest status and nothing in between", async () => {
  const channel = await newChannel("slow");
  const watched = watch("slow");
  await next(watched);
  const quick = watch("slow");
  for (let version = 1; version <= 3; version++) {
    await change(channel);
    while ((await next(quick)).version < version);
  }
  expect(await next(watched)).toMatchObject({ version: 3 });
});

test("gives a caller who has the current version nothing before it changes", async () => {
  const channel = await newChannel("resumed");
  const has = await change(channel);
  const watched = watch("resumed", { after: has });
  const first = next(watched);
  await change(channel);
  expect(await first).toMatchObject({ version: has + 1 });
});

test.each([0, 500])("gives a caller who has version %i, which is another, the current one", async (after) => {
  const channel = await newChannel(`another ${after}`);
  const version = await change(channel);
  expect(await next(watch(channel.name, { after }))).toMatchObject({ version });
});

test("misses nothing that is committed while it begins", async () => {
  const channel = await newChannel("beginning");
  for (let version = 1; version <= 20; version++) {
    const leaving = new AbortController();
    const watched = watch("beginning", { after: version - 1, signal: leaving.signal });
    const [status] = await Promise.all([next(watched), change(channel)]);
    expect(status.version).toBe(version);
    leaving.abort();
  }
});

test("reads a new version once and makes one object of it, however many watch", async () => {
  const channel = await newChannel("crowded");
  const all = Array.from({ length: 1_000 }, () => watch("crowded"));
  const first = await Promise.all(all.map(next));
  expect(new Set(first).size).toBe(1);
  expect(reads.length).toBeLessThanOrEqual(2); // one that was under way, and one that began after the last had come

  reads = [];
  const pending = all.map(next);
  await change(channel);
  expect(new Set(await Promise.all(pending)).size).toBe(1);
  expect(reads).toEqual(["crowded"]);
});

test("reads two channels at a time when all have to be looked at again", async () => {
  const names = Array.from({ length: 50 }, (_, i) => `many ${i}`);
  for (const name of names) await newChannel(name);
  const listening = lines.lines.filter(({ msg }) => msg === "feed.listening").length;
  const watched = names.map((name) => watch(name));
  await Promise.all(watched.map(next));
  const pending = watched.map(next);

  let most = 0;
  const { pool } = database.knex.client as { pool: { numUsed: () => number } };
  const underWay = () => (most = Math.max(most, pool.numUsed()));
  database.knex.on("query", underWay);
  reads = [];
  // Behind the feed's back, as while nothing listened.
  const { knex, schema } = database;
  await knex.raw(`update ${table(schema, "channels")} set version = 9 where name like 'many %'`);
  await knex.raw(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ~ '^(LISTEN|select pg_notify\\(\\$1)'`);
  for (const status of await Promise.all(pending)) expect(status.version).toBe(9);
  expect(lines.lines.filter(({ msg }) => msg === "feed.listening").length).toBe(listening + 1);
  expect([...reads].sort()).toEqual([...names].sort());
  expect(most).toBeLessThanOrEqual(2);
  database.knex.removeListener("query", underWay);
});

test("outlives a failing database: what changed comes when it is back", async () => {
  const channel = await newChannel("outage");
  let fails = 0;
  const { knex } = database;
  const raw = (...query: Parameters<typeof knex.raw>) =>
    fails-- > 0 ? Promise.reject(new Error("Connection terminated unexpectedly")) : knex.raw(...query);
  const flaky = createStatuses({
    ...database,
    links: plainLinks,
    knex: { raw } as unknown as typeof knex,
    feed,
    log: lines.log,
    defaultMode: "cloud-recording",
    retryMs: 1,
  });
  fails = 2;
  const watched = watchStatus({ statuses: flaky }, channel, { signal: ending.signal });
  expect(await next(watched)).toMatchObject({ version: 0 });
  fails = 3;
  const pending = next(watched);
  await change(channel);
  expect(await pending).toMatchObject({ version: 1 });
  expect(fails).toBeLessThan(0);
});

test("ends with its signal, while it waits and before it begins, and leaves the feed", async () => {
  await newChannel("left");
  const subscribed = new Set<string>();
  const counted: Feed = {
    ...feed,
    subscribe(name, onVersion) {
      subscribed.add(name);
      const leave = feed.subscribe(name, onVersion);
      return () => {
        subscribed.delete(name);
        leave();
      };
    },
  };
  const counting = createStatuses({
    ...database,
    feed: counted,
    log: lines.log,
    links: plainLinks,
    defaultMode: "cloud-recording",
  });
  const leaving = new AbortController();
  const watched = watchStatus({ statuses: counting }, { name: "left" }, { signal: leaving.signal });
  await next(watched);
  expect([...subscribed]).toEqual(["left"]);
  const pending = watched.next();
  leaving.abort();
  expect(await pending).toEqual({ done: true, value: undefined });
  expect([...subscribed]).toEqual([]);
  expect(await watch("left", { signal: leaving.signal }).next()).toEqual({ done: true, value: undefined });
});

test("ends at once for a channel that there isn't", async () => {
  expect(await watch("nobody's").next()).toEqual({ done: true, value: undefined });
});
