import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createDatabase, createPool } from "../../src/db/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { logLines } from "../support/log-lines.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("a bigint is read as a number and a timestamp as a Date, without changing that for other pg clients", async () => {
  const query = "select 9007199254740991::bigint as big, timestamptz '2026-01-02T03:04:05.678Z' as at";
  const row = { big: 9007199254740991, at: new Date("2026-01-02T03:04:05.678Z") };
  const { rows } = await database.knex.raw<{ rows: unknown[] }>(query);
  expect(rows).toEqual([row]);

  const pool = createPool({ url: database.url, max: 1, log: createLogger({ level: "fatal" }) });
  expect((await pool.query(query)).rows).toEqual([row]);
  await pool.end();

  const plain = new pg.Client({ connectionString: database.url });
  await plain.connect();
  expect((await plain.query(query)).rows).toEqual([{ ...row, big: "9007199254740991" }]);
  await plain.end();
});

test("an idle connection that the server ends is logged and replaced", async () => {
  const lines = logLines();
  const { knex, close } = createDatabase({ url: database.url, schema: "tally", poolMax: 1, log: lines.log });
  const pidOf = async () =>
    (await knex.raw<{ rows: { pid: number }[] }>("select pg_backend_pid() as pid")).rows[0]?.pid;
  const before = await pidOf();
  await database.knex.raw("select pg_terminate_backend(?)", [before ?? 0]);
  await lines.seen("db.connection_lost");
  expect(await pidOf()).not.toBe(before);
  await close();
});

test("an idle connection of a plain pool that the server ends is logged and replaced", async () => {
  const lines = logLines();
  const pool = createPool({ url: database.url, max: 1, log: lines.log });
  const pidOf = async () => (await pool.query<{ pid: number }>("select pg_backend_pid() as pid")).rows[0]?.pid;
  const before = await pidOf();
  await database.knex.raw("select pg_terminate_backend(?)", [before ?? 0]);
  await lines.seen("db.connection_lost");
  expect(await pidOf()).not.toBe(before);
  await pool.end();
});

test("a connection that a library gives back twice is taken back once, and nothing is thrown", async () => {
  const pool = createPool({ url: database.url, max: 1, log: createLogger({ level: "fatal" }) });
  await new Promise<void>((resolve, reject) => {
    pool.connect((error, _client, release) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      release();
      release();
      resolve();
    });
  });
  expect(pool.idleCount).toBe(1);
  await pool.end();
});

test("statements and idle transactions are bounded, unless no settings may be sent", async () => {
  const settings = `select current_setting('statement_timeout') as statement,
    current_setting('idle_in_transaction_session_timeout') as idle, current_setting('application_name') as name`;
  const log = createLogger({ level: "fatal" });
  const bounded = createPool({ url: database.url, max: 1, log });
  expect((await bounded.query(settings)).rows).toEqual([{ statement: "30s", idle: "30s", name: "tally" }]);
  await bounded.end();
  const unbounded = createPool({ url: database.url, max: 1, log, bounded: false });
  expect((await unbounded.query(settings)).rows).toEqual([{ statement: "0", idle: "0", name: "tally" }]);
  await unbounded.end();
});

test("a test database that still has connections says whose", async () => {
  const leaky = await createTestDatabase();
  const client = new pg.Client({ connectionString: leaky.url, application_name: "leak" });
  // Dropping the database ends the session, which a client reports as errors.
  client.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => client.once("end", resolve));
  await client.connect();
  await client.query("select 'left open'");
  await expect(leaky.drop()).rejects.toThrow(/Connections left open:\n.*leak, idle: select 'left open'/);
  await ended;
});
