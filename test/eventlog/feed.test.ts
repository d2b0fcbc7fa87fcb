import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { announce, type Feed, openFeed, rowsOf } from "../../src/eventlog/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type LogLines, logLines } from "../support/log-lines.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A feed that listens, and its log. */
async function open(options: { url?: string; schema?: string; pingMs?: number } = {}): Promise<[Feed, LogLines]> {
  const lines = logLines();
  const feed = openFeed({ url: database.url, schema: "tally", log: lines.log, ...options });
  closers.push(() => feed.close());
  await lines.seen("feed.listening");
  return [feed, lines];
}

/** What a subscriber was told, with a wait for the n-th. */
function heardOf(feed: Feed, name: string) {
  const told: (number | null)[] = [];
  let tell: () => void = () => undefined;
  const leave = feed.subscribe(name, (version) => {
    told.push(version);
    tell();
  });
  const has = async (count: number) => {
    while (told.length < count) await new Promise<void>((resolve) => (tell = resolve));
    return told;
  };
  return { told, has, leave };
}

async function change(name: string, version: number, schema = "tally"): Promise<void> {
  await database.knex.transaction((trx) => announce(trx, schema, { name, version }));
}

function listeners(): Promise<{ pid: number }[]> {
  return rowsOf(
    database.knex,
    `select pid from pg_stat_activity where datname = current_database() and query ~ '^(LISTEN|select pg_notify\\(\\$1)'`,
  );
}

test("a committed version is told to the subscribers of its channel, of any name, and to no others", async () => {
  const [feed] = await open();
  const shop = heardOf(feed, "shop");
  const odd = heardOf(feed, `a b "{~,}'`);
  await change("shop", 7);
  await change(`a b "{~,}'`, 8);
  await change("shop", 9);
  expect(await shop.has(2)).toEqual([7, 9]);
  expect(await odd.has(1)).toEqual([8]);
});

test("a version that is rolled back is not told", async () => {
  const [feed] = await open();
  const shop = heardOf(feed, "shop");
  const rolledBack = database.knex.transaction(async (trx) => {
    await announce(trx, "tally", { name: "shop", version: 1 });
    throw new Error("rolled back");
  });
  await expect(rolledBack).rejects.toThrow("rolled back");
  await change("shop", 2);
  expect(await shop.has(1)).toEqual([2]);
});

test("another Tally in the same database is not heard", async () => {
  const [feed] = await open();
  const shop = heardOf(feed, "shop");
  await change("shop", 1, "tally_b");
  await change("shop", 2);
  expect(await shop.has(1)).toEqual([2]);
});

test("who has left is told nothing more", async () => {
  const [feed] = await open();
  const gone = heardOf(feed, "shop");
  const stays = heardOf(feed, "shop");
  gone.leave();
  await change("shop", 1);
  expect(await stays.has(1)).toEqual([1]);
  expect(gone.told).toEqual([]);
});

test("one connection listens for however many subscribers, and none after the close", async () => {
  const [feed] = await open();
  for (let i = 0; i < 100; i++) heardOf(feed, `channel ${i}`);
  await change("channel 99", 1);
  expect(await listeners()).toHaveLength(1);
  await feed.close();
  await expect.poll(listeners).toEqual([]);
});

test("when the server ends the connection, all subscribers look once there is another", async () => {
  const [feed, { seen }] = await open();
  const shop = heardOf(feed, "shop");
  const [{ pid } = { pid: 0 }] = await listeners();
  await database.knex.raw("select pg_terminate_backend(?)", [pid]);
  await seen("feed.lost");
  expect(await shop.has(1)).toEqual([null]);
  await change("shop", 3);
  expect(await shop.has(2)).toEqual([null, 3]);
});

test("a connection that is gone without a word is noticed and replaced, and all subscribers look", async () => {
  const proxy = await startTcpProxy(() => Number(new URL(database.url).port));
  closers.push(() => proxy.close());
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const [feed, { seen }] = await open({ url: url.href, pingMs: 50 });
  const shop = heardOf(feed, "shop");
  expect(proxy.blackHoleListeners()).toBe(1);
  await change("shop", 3); // swallowed
  await seen("feed.lost", ({ err }) => (err as Error).message.includes("has heard nothing"));
  expect(await shop.has(1)).toEqual([null]);
  await change("shop", 4);
  expect(await shop.has(2)).toEqual([null, 4]);
});

test("a database that can't be reached is tried until it can", async () => {
  let port = 1;
  const proxy = await startTcpProxy(() => port);
  closers.push(() => proxy.close());
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const lines = logLines();
  const feed = openFeed({ url: url.href, schema: "tally", log: lines.log });
  closers.push(() => feed.close());
  const shop = heardOf(feed, "shop");
  await lines.seen("feed.lost");
  port = Number(new URL(database.url).port);
  expect(await shop.has(1)).toEqual([null]);
});
