import { once } from "node:events";
import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fetch from "node-fetch";
import pg from "pg";
import { describe, expect, test as base } from "vitest";

import { type Closers, createClosers } from "../../src/closers.ts";
import type { Status } from "../../src/live/index.ts";
import { signAgora } from "../../src/webhooks/index.ts";
import { createTestDatabase } from "../support/database.ts";
import { apiKey, type Evening, openEvening } from "./evening.ts";
import { freePort, type Process, type ServiceProcess, spawnProcess, spawnService, until } from "./process.ts";

const channel = "channel_7";

/** For each test its own, since those that mostly wait run beside each other. A start is work, and goes alone. */
// eslint-disable-next-line no-empty-pattern -- vitest reads off it what a fixture needs
const test = base.extend("closers", ({}, { onCleanup }) => {
  const closers = createClosers();
  onCleanup(() => closers.closeAll());
  return closers;
});

async function evening(closers: Closers, overrides: Record<string, string> = {}): Promise<Evening> {
  const opened = await openEvening({ LOG_LEVEL: "info", ...overrides });
  closers.add("the evening", () => opened.close());
  return opened;
}

async function serve(closers: Closers, of: Evening, overrides: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = await spawnService({ ...of.environment, ...overrides });
  closers.add("the service", () => end(service));
  of.sandbox.control.changeSettings({ serviceUrl: service.url });
  return service;
}

async function end({ child, gone }: Process): Promise<void> {
  child.kill("SIGKILL");
  await gone;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function isLive({ url }: ServiceProcess): Promise<boolean> {
  const answer = await fetch(`${url}/v1/channels/${channel}/status`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  return answer.ok && ((await answer.json()) as Status).live;
}

const seen = (of: Evening, operation: string) =>
  of.sandbox.control.until(`the ${operation} call`, ({ calls }) => calls.some((call) => call.operation === operation));

/** Nobody's broadcast was ended. */
function expectNothingStopped(of: Evening): void {
  expect(of.calls().filter((operation) => operation === "stop" || operation === "liveInputs.update")).toEqual([]);
}

/** Sends a host's join over a connection that would be kept. */
function sendJoin(
  closers: Closers,
  of: Evening,
  url: string,
): Promise<{ status: number; connection: string | undefined }> {
  const payload = { channelName: channel, uid: 1001, clientSeq: 1, platform: 1, ts: Math.floor(Date.now() / 1000) };
  const body = JSON.stringify({ noticeId: "join", productId: 1, eventType: 103, notifyMs: Date.now(), payload });
  const [secret = ""] = (of.environment.AGORA_NCS_SECRET ?? "").split(",");
  const agent = new http.Agent({ keepAlive: true });
  closers.add("the agent", () => agent.destroy());
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/webhooks/agora`, {
      method: "POST",
      agent,
      headers: { ...signAgora(secret, body) },
    });
    request.once("error", reject);
    request.once("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, connection: response.headers.connection });
    });
    request.end(body);
  });
}

/** Holds the table of events, so that nothing can be appended until it is let go. */
async function holdEvents(
  closers: Closers,
  url: string,
): Promise<{ waited: () => Promise<void>; letGo: () => Promise<void> }> {
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query("begin; lock table tally.events in exclusive mode");
  let isHeld = true;
  const letGo = async () => {
    if (isHeld) await holder.end();
    isHeld = false;
  };
  closers.add("the lock", letGo);
  const waiting = "select 1 from pg_locks where relation = 'tally.events'::regclass and not granted";
  return { letGo, waited: () => until("an insert waits", async () => (await query(url, waiting)).length > 0) };
}

describe.concurrent("SIGTERM while a webhook waits for its commit", () => {
  test("answers it when it is stored, closes the connection, and ends with 0", async ({ closers }) => {
    const tonight = await evening(closers);
    const service = await serve(closers, tonight);
    const { waited, letGo } = await holdEvents(closers, tonight.databaseUrl);
    const answer = sendJoin(closers, tonight, service.url);
    await waited();
    service.child.kill("SIGTERM");
    await service.written("tally.stopping");
    await letGo();
    expect(await answer).toEqual({ status: 200, connection: "close" });
    expect(await service.gone).toBe(0);
    expect(await query(tonight.databaseUrl, "select type from tally.events where dedupe_key like '%join'")).toEqual([
      { type: "rtc.103" },
    ]);
    await expect(fetch(service.url)).rejects.toThrow(/ECONNREFUSED/);

    await until("the next process has her live", async () => isLive(await nextOf(closers, tonight)));
    expectNothingStopped(tonight);
  }, 60_000);

  test("answers 503 when it can't be stored, and ends all the same", async ({ closers }) => {
    const tonight = await evening(closers);
    const service = await serve(closers, tonight);
    const { waited } = await holdEvents(closers, tonight.databaseUrl);
    const answer = sendJoin(closers, tonight, service.url);
    await waited();
    service.child.kill("SIGTERM");
    expect(await answer).toEqual({ status: 503, connection: "close" });
    await service.gone;
  }, 60_000);
});

const next = new WeakMap<Evening, Promise<ServiceProcess>>();

/** The process after the one that was stopped. */
function nextOf(closers: Closers, of: Evening): Promise<ServiceProcess> {
  const known = next.get(of) ?? serve(closers, of);
  next.set(of, known);
  return known;
}

describe.concurrent("SIGTERM while a provider call is under way", () => {
  test.for([1, 2])("finishes it, sent %i times", { timeout: 60_000 }, async (times, { closers }) => {
    const tonight = await evening(closers);
    tonight.sandbox.control.planFaults({ operation: "start", delayMs: 2_000 });
    const service = await serve(closers, tonight);
    tonight.sandbox.control.join(channel, 1001, "host");
    await seen(tonight, "start");
    for (let sent = 0; sent < times; sent++) {
      service.child.kill("SIGTERM");
      await service.written("tally.stopping");
    }
    expect(await service.gone).toBe(0);
    const effects = await query(tonight.databaseUrl, "select status from tally.effects where type = 'StartRelay'");
    expect(effects).toEqual([{ status: "succeeded" }]);
    expect(await query(tonight.databaseUrl, "select * from tally.processes")).toEqual([]);
    await until("the next process has her live", async () => isLive(await nextOf(closers, tonight)));
    expect(tonight.sandbox.control.record().recorders).toHaveLength(1);
    expectNothingStopped(tonight);
  });

  test("begins no further one, and gives the job back as if it had never been taken", async ({ closers }) => {
    const tonight = await evening(closers);
    tonight.sandbox.control.planFaults({ operation: "acquire", delayMs: 2_000 });
    const service = await serve(closers, tonight);
    tonight.sandbox.control.join(channel, 1001, "host");
    await seen(tonight, "acquire");
    service.child.kill("SIGTERM");
    expect(await service.gone).toBe(0);
    expect(tonight.calls()).not.toContain("start");
    const jobs = "select attempts, locked_by, run_at <= clock_timestamp() as due from tally_jobs._private_jobs";
    expect(await query(tonight.databaseUrl, jobs)).toEqual([{ attempts: 0, locked_by: null, due: true }]);

    const second = await nextOf(closers, tonight);
    await until("she is live", () => isLive(second), 12_000);
    expect(tonight.calls().filter((operation) => operation === "acquire")).toHaveLength(1);
    expect(tonight.sandbox.control.record().recorders).toHaveLength(1);
    expectNothingStopped(tonight);
  }, 60_000);
});

/** A way to the database that can be cut without an end: nothing passes any more, and nobody is told. */
async function openFreezableWay(closers: Closers, databaseUrl: string): Promise<{ url: string; freeze: () => void }> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (isFrozen) return;
    const onward = connect(Number(port), hostname);
    sockets.add(onward);
    onward.on("error", () => undefined);
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.add("the way", () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

describe.concurrent("SIGTERM with the database gone", () => {
  test("and nobody told: ends all the same, and says in a sentence what it left", async ({ closers }) => {
    const tonight = await evening(closers);
    const way = await openFreezableWay(closers, tonight.databaseUrl);
    const service = await serve(closers, tonight, { DATABASE_URL: way.url });
    tonight.sandbox.control.join(channel, 1001, "host");
    await until("she is live", () => isLive(service));
    way.freeze();
    service.child.kill("SIGTERM");
    expect(await service.gone).toBe(1);
    expect(service.errorOutput()).toMatch(/^Tally has stopped, but not in order: .*the next one takes over.*\.\n$/);
    expectNothingStopped(tonight);
  }, 60_000);

  test("and its connections refused: the same, sooner", async ({ closers }) => {
    const tonight = await evening(closers);
    const name = new URL(tonight.databaseUrl).pathname.slice(1);
    const service = await serve(closers, tonight);
    const elsewhere = new URL(tonight.databaseUrl);
    elsewhere.pathname = "/postgres";
    await query(elsewhere.href, `alter database ${name} with allow_connections false`);
    closers.add("the connections", () =>
      query(elsewhere.href, `alter database ${name} with allow_connections true`).then(() => undefined),
    );
    await query(elsewhere.href, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    service.child.kill("SIGTERM");
    expect(await service.gone).toBe(1);
    expect(service.errorOutput()).toMatch(
      /^Tally has stopped, but not in order: .*(not currently accepting|administrator command).*\.\n$/,
    );
  }, 60_000);
});

describe("SIGTERM with a connection that is kept open and idle", () => {
  test("doesn't wait for it", async ({ closers }) => {
    const tonight = await evening(closers);
    const service = await serve(closers, tonight);
    const agent = new http.Agent({ keepAlive: true });
    await (await fetch(`${service.url}/healthz`, { agent })).text();
    const startedAt = performance.now();
    service.child.kill("SIGTERM");
    expect(await service.gone).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    agent.destroy();
  }, 60_000);
});

async function newFolder(closers: Closers): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tally-stopped-"));
  await chmod(folder, 0o755); // for the user that Postgres runs as
  closers.add("the folder", () => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("SIGTERM while the service starts", () => {
  test.for(["tally.starting", "db.embedded_started", "db.migrated", "tally.ready"])(
    "at %s: ends with 0, and leaves no database and no sandbox running",
    { timeout: 60_000 },
    async (line, { closers }) => {
      const dataDir = await newFolder(closers);
      const sandboxPort = await freePort();
      const starting = spawnProcess("main.js", {
        TALLY_DATA_DIR: dataDir,
        PORT: String(await freePort()),
        SANDBOX_PORT: String(sandboxPort),
      });
      closers.add("the service", () => end(starting));
      await starting.written(line);
      starting.child.kill("SIGTERM");
      expect(await starting.gone).toBe(0);
      expect(starting.errorOutput()).toBe("");
      await expect(stat(join(dataDir, "postgres/data/postmaster.pid"))).rejects.toThrow(/ENOENT/);
      await expect(fetch(`http://127.0.0.1:${sandboxPort}`)).rejects.toThrow(/ECONNREFUSED/);
    },
  );

  test("while another process migrates: ends with 0, without waiting for it", async ({ closers }) => {
    const database = await createTestDatabase({ migrated: false });
    closers.add("the database", () => database.drop());
    const migrating = new pg.Client({ connectionString: database.url });
    await migrating.connect();
    closers.add("the other process", () => migrating.end());
    await migrating.query("select pg_advisory_lock(hashtextextended('tally:migrate:tally', 0))");
    const starting = spawnProcess("main.js", {
      DATABASE_URL: database.url,
      TALLY_DATA_DIR: await newFolder(closers),
      PORT: String(await freePort()),
      SANDBOX_PORT: String(await freePort()),
    });
    closers.add("the service", () => end(starting));
    await starting.written("db.migration_awaited");
    starting.child.kill("SIGTERM");
    expect(await starting.gone).toBe(0);
  }, 60_000);
});
