import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { loadDatabaseConfig } from "../../src/config/index.ts";
import { openDatabase } from "../../src/db/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const log = createLogger({ level: "fatal" });

describe("openDatabase with DATABASE_URL", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
  });
  // Dropping it fails if a refused start left connections open.
  afterAll(() => database.drop());
  const open = (env: NodeJS.ProcessEnv) =>
    openDatabase(loadDatabaseConfig({ DATABASE_URL: database.url, ...env }), { log });

  test("refuses to start behind the schema, and migrates on start when told to", async () => {
    await expect(open({ MIGRATE_ON_START: "false" })).rejects.toThrow(/Run "npm run migrate"/);
    const migrated = await open({ MIGRATE_ON_START: "true" });
    expect(migrated).toMatchObject({ schema: "tally", url: database.url, directUrl: database.url, embedded: false });
    await migrated.close();
    await (await open({ MIGRATE_ON_START: "false" })).close();
  });

  test("says in one sentence that the database can't be reached, without its password", async () => {
    const away = open({ DATABASE_URL: "postgres://tally:hunter2@127.0.0.1:1/tally?sslmode=disable" });
    await expect(away).rejects.toThrow(
      "The database at postgres://tally@127.0.0.1:1/tally can't be reached: connect ECONNREFUSED 127.0.0.1:1.",
    );
  });

  test("uses the direct URL past a pooler for migrations, and sends no session settings through the pooler", async () => {
    const pooler = new URL(database.url);
    pooler.searchParams.set("application_name", "through the pooler");
    const opened = await open({ DATABASE_URL: pooler.href, DATABASE_DIRECT_URL: database.url });
    expect(opened).toMatchObject({ url: pooler.href, directUrl: database.url });
    const { rows } = await opened.knex.raw<{ rows: unknown[] }>(
      "select current_setting('statement_timeout') as timeout, current_setting('application_name') as name",
    );
    expect(rows).toEqual([{ timeout: "0", name: "through the pooler" }]);
    await opened.close();
  });
});

test("openDatabase without DATABASE_URL starts, migrates and stops the embedded database", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "tally-open-"));
  await chmod(dataDir, 0o755);
  const database = await openDatabase(loadDatabaseConfig({ TALLY_DATA_DIR: dataDir, DB_SCHEMA: "live" }), { log });
  expect(database).toMatchObject({ embedded: true, schema: "live" });
  expect(await database.knex("live.channels").count("*")).toEqual([{ count: 0 }]);
  await database.close();
  await expect(stat(join(dataDir, "postgres/data/postmaster.pid"))).rejects.toThrow(/ENOENT/);
  await rm(dataDir, { recursive: true });
});
