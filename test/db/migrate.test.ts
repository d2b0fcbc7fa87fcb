import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { assertMigrated, migrate, MigrationError, pendingMigrations } from "../../src/db/index.ts";
import { createLogger } from "../../src/log.ts";
import { spawnProcess, until } from "../scenarios/process.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const log = createLogger({ level: "fatal" });
const names = [
  "0001_initial",
  "0002_catch_up",
  "0003_session_cost",
  "0004_converter_routes",
  "0005_session_upload",
  "0006_stage_visits",
  "0007_api_keys",
  "0008_notifications",
  "0009_session_video",
  "0010_viewers",
  "0011_notification_links",
  "0012_provider_calls",
  "0013_refusals",
  "0014_operators",
  "0015_replays",
  "0016_figures",
  "0017_traces",
  "0018_snapshots",
  "0019_erasures",
  "0021_refusal_times",
  "0022_session_drops",
  "0023_last_heard",
];
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterAll(() => database.drop());
beforeEach(() => database.knex.raw("drop schema if exists tally cascade; drop schema if exists tally_jobs cascade"));

const run = (schema = "tally") => migrate({ url: database.url, schema, log });
const tablesOf = async (schema: string) =>
  database.knex("pg_catalog.pg_tables").where({ schemaname: schema }).orderBy("tablename").pluck<string[]>("tablename");

describe("migrate", () => {
  test("makes the schema and the job library's from nothing, and finds nothing to do the second time", async () => {
    expect(await run()).toEqual(names);
    expect(await tablesOf("tally")).toEqual(expect.arrayContaining(["channels", "effects", "events", "sessions"]));
    expect(await tablesOf("tally_jobs")).toContain("migrations");
    expect(await run()).toEqual([]);
    await assertMigrated(database.knex, "tally");
  });

  test("runs once when two processes start together, and the second waits for it", async () => {
    const ran = await Promise.all([run(), run()]);
    expect(ran.flat()).toEqual(names);
    await assertMigrated(database.knex, "tally");
  });

  test("keeps to the schema it is given", async () => {
    await run("shop_live");
    expect(await tablesOf("shop_live")).toContain("channels");
    expect(await tablesOf("shop_live_jobs")).toContain("migrations");
    expect(await tablesOf("tally")).toEqual([]);
    expect(await tablesOf("public")).toEqual([]);
    await assertMigrated(database.knex, "shop_live");
    await database.knex.raw("drop schema shop_live cascade; drop schema shop_live_jobs cascade");
  });

  test("names the migration that failed, changes nothing, and can be run again", async () => {
    await database.knex.raw("create schema tally; create table tally.sessions ()");
    await expect(run()).rejects.toThrow(
      /^Migration 0001_initial of schema "tally" failed and changed nothing: relation "sessions" already exists$/,
    );
    expect(await tablesOf("tally")).not.toContain("channels");
    await database.knex.raw("drop table tally.sessions");
    expect(await run()).toEqual(names);
  });

  test("brings a database of the first version up to date, and remembers when that was last alive", async () => {
    await run();
    await database.knex.raw(
      `drop table tally.heartbeat, tally.catch_ups, tally.stage_visits, tally.api_keys,
         tally.notification_deliveries, tally.notifications, tally.notification_endpoints,
         tally.audience, tally.viewer_counts, tally.provider_calls, tally.refusals,
         tally.replays, tally.snapshot_sessions, tally.snapshots, tally.retention;
       drop index tally.sessions_recordings, tally.channels_host, tally.sessions_opened, tally.events_failed,
         tally.events_of_cloudflare, tally.effects_of_event;
       alter table tally.sessions
         drop column recorded_seconds_media_push, drop column resolution, drop column counting, drop column upload,
         drop column videos, drop column video_uids, drop column keeps_video, drop column drops;
       alter table tally.channels drop column is_live, drop column dark_since, drop column hostless_since, drop column trace;
       drop sequence tally.pseudonyms;
       alter table tally.events drop column trace, drop column erased_at;
       delete from tally.migrations where name <> '0001_initial';
       insert into tally.processes (pool_id, hostname, pid, heartbeat_at) values ('killed', 'here', 1, '2026-01-01Z')`,
    );
    expect(await run()).toEqual(names.slice(1));
    expect(await database.knex("tally.heartbeat").select("beat_at", "previous_at")).toEqual([
      { beat_at: new Date("2026-01-01Z"), previous_at: null },
    ]);
  });

  test("goes on after a migrator that was killed in the middle, without a person", async () => {
    await database.knex.raw(`
      create table go ();
      create function hold() returns event_trigger language plpgsql as $$ begin
        while current_query() like '%.channels %' and not exists (select from public.go) loop
          perform pg_sleep(0.02);
        end loop;
      end $$;
      create event trigger hold on ddl_command_start execute function hold()`);
    const killed = spawnProcess("db/migrate-main.js", { DATABASE_URL: database.url });
    const held = "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()";
    await until("it is in the middle", async () => (await database.knex.raw<pg.QueryResult>(held)).rowCount === 1);
    killed.child.kill("SIGKILL");
    await killed.gone;

    const again = run();
    await database.knex.raw("insert into go default values");
    expect(await again).toEqual(names);
    await assertMigrated(database.knex, "tally");
    await database.knex.raw("drop event trigger hold; drop function hold; drop table go");
  });

  test("isn't kept out by a lock of Knex's that somebody left", async () => {
    await database.knex.raw("create schema tally; create table tally.sessions ()");
    await expect(run()).rejects.toThrow(MigrationError);
    await database.knex("tally.migrations_lock").update({ is_locked: 1 });
    await database.knex.raw("drop table tally.sessions");
    expect(await run()).toEqual(names);
  });

  test("refuses a database that a newer version migrated", async () => {
    await run();
    await database.knex("tally.migrations").insert({ name: "9999_future", batch: 9, migration_time: new Date() });
    await expect(run()).rejects.toThrow(/newer version of Tally; unknown here: 9999_future/);
    await expect(assertMigrated(database.knex, "tally")).rejects.toThrow(MigrationError);
  });
});

describe("assertMigrated", () => {
  test("refuses an empty database and says how to migrate it", async () => {
    expect(await pendingMigrations(database.knex, "tally")).toEqual(names);
    await expect(assertMigrated(database.knex, "tally")).rejects.toThrow(
      /schema "tally" is behind this version of Tally; missing: 0001_initial, (\d{4}_\w+, )+the job tables\. Run "npm run migrate"/,
    );
  });

  test("refuses a database without the job library's tables", async () => {
    await run();
    await database.knex.raw("drop schema tally_jobs cascade");
    await expect(assertMigrated(database.knex, "tally")).rejects.toThrow(/missing: the job tables/);
  });
});
