import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, describe, expect, test } from "vitest";

import { createClosers } from "../../src/closers.ts";
import { migrate } from "../../src/db/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { freePort, spawnProcess } from "./process.ts";

let closers = createClosers();
afterEach(async () => {
  await closers.closeAll();
  closers = createClosers();
});

const secret = "SECRET-password";

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "tally-start-"));
  closers.add("the folder", () => rm(made, { recursive: true, force: true }));
  return made;
}

/** Starts the service, which must not start: one sentence that says what to do, and nothing else. */
async function sentenceOf(env: Record<string, string>, entry = "main.js"): Promise<string> {
  const { PORT = String(await freePort()), SANDBOX_PORT = String(await freePort()) } = env;
  const dataDir = env.TALLY_DATA_DIR ?? (await folder());
  const start = spawnProcess(entry, { TALLY_DATA_DIR: dataDir, ...env, PORT, SANDBOX_PORT });
  const code = await start.gone;
  expect(code, start.output()).toBe(1);
  expect(start.output()).not.toContain("SECRET-");
  expect(start.errorOutput()).not.toMatch(/^\s+at /m);
  expect(start.errorOutput().trimEnd().split("\n")).toHaveLength(1);
  return start.errorOutput().trimEnd();
}

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ migrated: false });
  closers.add("the database", () => database.drop());
  return database;
}

/** A server that takes a connection and answers in its own way. */
async function serverThat(answers: (socket: Socket, data: Buffer) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("data", (data) => answers(socket, data));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.add("the server", () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** As much of Postgres's protocol (documentation, chapter "Frontend/Backend Protocol") as tells a version. */
function speakPostgres9(socket: Socket, data: Buffer): void {
  const message = (type: string, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const ready = message("Z", Buffer.from("I"));
  if (data[0] === 0) return void socket.write(Buffer.concat([message("R", Buffer.alloc(4)), ready]));
  if (data.toString("latin1", 0, 1) !== "Q") return;
  // Table 0, column 0, type text (25), of any length, no modifier, as text.
  const format = Buffer.from(["00000000", "0000", "00000019", "ffff", "ffffffff", "0000"].join(""), "hex");
  const value = Buffer.from("90624");
  const row = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, value.length]), value]);
  const parts = [message("T", Buffer.from([0, 1]), Buffer.from("server_version_num\0"), format), message("D", row)];
  socket.write(Buffer.concat([...parts, message("C", Buffer.from("SHOW\0")), ready]));
}

describe("a start without its database", () => {
  const elsewhere = (port: number) => ({ DATABASE_URL: `postgres://tally:${secret}@127.0.0.1:${port}/tally` });
  const at = (database: TestDatabase, change: (url: URL) => void) => {
    const url = new URL(database.url);
    change(url);
    return { DATABASE_URL: url.href };
  };

  test.each<[string, () => Promise<Record<string, string>>, RegExp]>([
    [
      "refused",
      async () => elsewhere(await freePort()),
      /can't be reached: connect ECONNREFUSED .* Check that it runs/,
    ],
    [
      "on an unknown host",
      () => Promise.resolve({ DATABASE_URL: `postgres://tally:${secret}@nowhere.invalid/tally` }),
      /postgres:\/\/tally@nowhere.invalid\/tally can't be reached: getaddrinfo \S+ nowhere.invalid\. .*DATABASE_URL/,
    ],
    [
      "that is no Postgres",
      async () => elsewhere(await serverThat((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))),
      /can't be reached: Connection terminated unexpectedly\. Is that a Postgres server/,
    ],
    [
      "that says nothing",
      async () => elsewhere(await serverThat(() => undefined)),
      /can't be reached: timeout expired\. Is that a Postgres server, and does a firewall/,
    ],
    [
      "of a Postgres that is too old",
      async () => elsewhere(await serverThat(speakPostgres9)),
      /is Postgres 9, and Tally needs 12 or newer\. Upgrade it/,
    ],
    [
      "with a wrong password",
      async () => at(await emptyDatabase(), (url) => (url.password = secret)),
      /can't be used: password authentication failed for user "tally"\. Correct the user and password in DATABASE_URL/,
    ],
    [
      "with a name that isn't there",
      async () => at(await emptyDatabase(), (url) => (url.pathname = "/nowhere")),
      /can't be used: database "nowhere" does not exist\. Create that database/,
    ],
    [
      "without the right to create its schema",
      async () => {
        const database = await emptyDatabase();
        const role = new URL(database.url).pathname.slice(1);
        await database.knex.raw(`create role ${role} login password '${secret}'`);
        closers.add("the role", () => database.knex.raw(`drop role ${role}`).then(() => undefined));
        return at(database, (url) => {
          url.username = role;
          url.password = secret;
        });
      },
      /schema "tally" can't be migrated: permission denied for database \S+ Give that user the right to it/,
    ],
    [
      "behind this version",
      async () => ({ DATABASE_URL: (await emptyDatabase()).url, MIGRATE_ON_START: "false" }),
      /schema "tally" is behind this version of Tally; missing: 0001_initial.* Run "npm run migrate"/,
    ],
    [
      "ahead of this version",
      async () => {
        const { url, knex } = await emptyDatabase();
        await migrate({ url, schema: "tally", log: createLogger({ level: "fatal" }) });
        await knex("tally.migrations").insert({ name: "9999_future", batch: 9, migration_time: new Date() });
        return { DATABASE_URL: url };
      },
      /was migrated by a newer version of Tally; unknown here: 9999_future\. Run that version/,
    ],
    [
      // The server's own error, raised where it would come from: filling its disk would end every other test.
      "whose disk is full",
      async () => {
        const { url, knex } = await emptyDatabase();
        await knex.raw(`
          create function fill() returns event_trigger language plpgsql as $$ begin
            if current_query() like '%.channels %' then
              raise 'could not extend file "base/1/2": No space left on device' using errcode = '53100';
            end if;
          end $$;
          create event trigger fill on ddl_command_start execute function fill()`);
        return { DATABASE_URL: url };
      },
      /Migration 0001_initial .* changed nothing: could not extend file .* The disk of the database is full: make room/,
    ],
  ])("%s", async (_what, env, sentence) => {
    const settings = await env();
    expect(await sentenceOf(settings)).toMatch(sentence);
  });

  test("is told by the migration alone in the same words", async () => {
    expect(await sentenceOf(elsewhere(await freePort()), "db/migrate-main.js")).toMatch(
      /can't be reached: .* Check that/,
    );
  });
});

describe("a start whose port is taken", () => {
  test.each([
    ["PORT", /Port \d+ is taken, .* or set PORT to a free port/],
    ["SANDBOX_PORT", /sandbox did not start .* Its port \d+ is taken: set SANDBOX_PORT to a free one\./],
  ])("%s", async (name, sentence) => {
    expect(await sentenceOf({ [name]: String(await serverThat(() => undefined)) })).toMatch(sentence);
  });
});

const isRoot = process.getuid?.() === 0;
const mountPoint = join(tmpdir(), `tally-mount-${process.pid}`);

function mount(options: string): boolean {
  spawnSync("mkdir", ["-p", mountPoint]);
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", mountPoint]).status === 0;
}

function unmount(): void {
  spawnSync("umount", [mountPoint]);
}

const canMount = isRoot && mount("size=1m");
unmount();
afterAll(() => rm(mountPoint, { recursive: true, force: true }));

describe("a start whose data folder can't be used", () => {
  test("because it is a file", async () => {
    const file = join(await folder(), "file");
    await writeFile(file, "");
    expect(await sentenceOf({ TALLY_DATA_DIR: file })).toMatch(/file can't be written \(\w+\): make it a folder/);
  });

  test("because what it keeps can't be read", async () => {
    const dataDir = await folder();
    await mkdir(join(dataDir, "development.json"));
    expect(await sentenceOf({ TALLY_DATA_DIR: dataDir })).toMatch(
      /development\.json can't be used: make it readable, or/,
    );
  });

  test.runIf(!isRoot)("because this user may not write it", async () => {
    const dataDir = await folder();
    await mkdir(join(dataDir, "closed"), { mode: 0o500 });
    expect(await sentenceOf({ TALLY_DATA_DIR: join(dataDir, "closed/data") })).toMatch(/can't be written \(EACCES\)/);
  });

  test.runIf(canMount).each([
    ["nothing may be written to it", "ro", /can't be written \(EROFS\): make it a folder that this user may write/],
    ["its disk is full", "size=1m,nr_inodes=1", /The disk that holds \S+ is full: make room there/],
    [
      "its disk is full before the database is made",
      "size=1m",
      /could not be created at \S+ the disk that holds .* full/,
    ],
  ])("because %s", async (_why, options, sentence) => {
    closers.add("the mount", unmount);
    expect(mount(options)).toBe(true);
    expect(await sentenceOf({ TALLY_DATA_DIR: mountPoint })).toMatch(sentence);
  });
});
