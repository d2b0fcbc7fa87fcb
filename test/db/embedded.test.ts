import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, lstat, mkdtemp, readFile, readlink, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { type Embedded, startEmbedded } from "../../src/db/index.ts";
import type { Logger } from "../../src/log.ts";
import { logLines } from "../support/log-lines.ts";

const isRoot = process.getuid?.() === 0;

/** One cluster for all tests but those that need a new one: making it takes half of a start's time. */
let dataDir: string;
let using: Embedded[] = [];
beforeAll(async () => {
  dataDir = await newFolder();
});
afterEach(async () => {
  for (const embedded of using) await embedded.stop();
  using = [];
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tally-embedded-"));
  await chmod(folder, 0o755);
  return folder;
}

async function start(options: { dataDir?: string; log?: Logger; durable?: boolean } = {}): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir, log: logLines().log, durable: false, ...options });
  using.push(embedded);
  return embedded;
}

const pidFile = () => join(dataDir, "postgres/data/postmaster.pid");
const serverPid = async () => Number((await readFile(pidFile(), "utf8")).split("\n")[0]);
const isRunning = () =>
  stat(pidFile()).then(
    () => true,
    () => false,
  );

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("startEmbedded", () => {
  test("makes a database that only 127.0.0.1 and a secret password reach, and keeps it over a stop", async () => {
    const first = await start();
    expect(new URL(first.url)).toMatchObject({ hostname: "127.0.0.1", pathname: "/tally" });
    const settings = `select current_setting('server_encoding') as encoding, datcollate as locale,
      current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets
      from pg_database where datname = current_database()`;
    expect(await query(first.url, settings)).toEqual([
      { encoding: "UTF8", locale: "C", addresses: "127.0.0.1", sockets: "" },
    ]);
    const password = await stat(join(dataDir, "postgres/password"));
    expect(password.mode & 0o777).toBe(0o600);
    const wrong = new URL(first.url);
    wrong.password = "guess";
    await expect(query(wrong.href, "select")).rejects.toThrow(/password authentication failed/);

    await query(first.url, "create table kept (n integer)");
    await first.stop();
    expect(await isRunning()).toBe(false);
    const second = await start();
    expect(await query(second.url, "select * from kept")).toEqual([]);
  });

  test("serves two that start at once on an empty folder from one server, which stops with the last of them", async () => {
    const folder = await newFolder();
    const [one, other] = await Promise.all([start({ dataDir: folder }), start({ dataDir: folder })]);
    expect(one.url).toBe(other.url);
    await one.stop();
    expect(await query(other.url, "select 1 as one")).toEqual([{ one: 1 }]);
    await other.stop();
    await expect(query(other.url, "select")).rejects.toThrow(/ECONNREFUSED/);
    await rm(folder, { recursive: true });
  });

  test("hands a killed process's server over to the next one, which stops it", async () => {
    const killed = await start();
    const pid = await serverPid();
    // What the death of a process is to the server: its session is gone, and nobody said stop.
    await query(
      killed.url,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tally embedded'",
    );
    const { log, lines } = logLines();
    const next = await start({ log });
    expect(await serverPid()).toBe(pid);
    expect(lines.map((line) => line.msg)).toContain("db.embedded_joined");
    await next.stop();
    expect(await isRunning()).toBe(false);
  });

  test("starts anew after its server was killed, with everything that was committed", async () => {
    const { url } = await start({ durable: true });
    await query(url, "create table committed (n integer)");
    const pid = await serverPid();
    process.kill(pid, "SIGKILL");
    const next = await start({ durable: true });
    expect(await serverPid()).not.toBe(pid);
    expect(await query(next.url, "select * from committed")).toEqual([]);
  });

  test.each([
    ["another program", "echo $$; exec sleep 600"],
    ["a zombie", "sleep 0 & echo $!; exec sleep 600"],
  ])("is not deterred by a pid file that names %s", async (_, script) => {
    await (await start()).stop();
    const { uid, gid } = await stat(join(dataDir, "postgres/data"));
    const other = spawn("/bin/sh", ["-c", script], { uid, gid, cwd: "/", stdio: ["ignore", "pipe", "ignore"] });
    const [pid] = (await once(other.stdout, "data")) as [Buffer];
    await writeFile(pidFile(), `${pid.toString().trim()}\n${dataDir}/postgres/data\n1700000000\n5432\n\n127.0.0.1\n`);
    try {
      const { url } = await start();
      expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
    } finally {
      other.kill("SIGKILL");
    }
  });

  test("refuses another version's data and says what to do", async () => {
    const file = join(dataDir, "postgres/data/PG_VERSION");
    const version = await readFile(file);
    await writeFile(file, "17\n");
    await expect(start()).rejects.toThrow(
      /was made by Postgres 17, and this version of Tally brings Postgres \d+\. Move/,
    );
    await writeFile(file, version);
  });

  test("tells what the server said when it does not start", async () => {
    const folder = join(dataDir, "postgres/data/global");
    await rename(folder, `${folder}.away`);
    await expect(start()).rejects.toThrow(/The embedded database does not start: .*could not open file .*pg_control/s);
    await rename(`${folder}.away`, folder);
  });

  test.runIf(isRoot)("keeps the data elsewhere when Postgres's user can't enter the data folder", async () => {
    const folder = await newFolder();
    await chmod(folder, 0o700);
    const { url, stop } = await start({ dataDir: folder });
    expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
    const home = join(folder, "postgres");
    expect((await lstat(home)).isSymbolicLink()).toBe(true);
    const target = await readlink(home);
    expect(target).toMatch(/^\/var\/lib\/tally\/postgres-/);
    await stop();
    await rm(target, { recursive: true });
    await rm(folder, { recursive: true });
  });

  test("leaves Ctrl-C at the terminal to the service: the server has its own process group", async () => {
    await start();
    // A negative number addresses the process group with that id, and signal 0 only asks whether it exists.
    expect(process.kill(-(await serverPid()), 0)).toBe(true);
  });
});
