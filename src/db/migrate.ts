import { runMigrations } from "graphile-worker";
import type { Knex } from "knex";
import type pg from "pg";

import type { Logger } from "../log.ts";
import { reasonOf } from "../reason-of.ts";
import { adviceOn, isRefusal } from "./advice.ts";
import { connectClient } from "./connect-client.ts";
import { createDatabase, createPool } from "./connection.ts";
import { jobLogger } from "./job-logger.ts";
import { listMigrations, migrationSource } from "./migration-source.ts";

/** The schema doesn't fit this code; the message says what to do. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

export interface MigrateOptions {
  /** A direct URL: the lock is a session's, which a transaction pooler would lose. */
  url: string;
  schema: string;
  log: Logger;
  /** Aborted when the migration isn't wanted any more: then it is no longer waited for. One that runs is finished. */
  stopping?: AbortSignal | undefined;
}

/** Name of the schema of graphile-worker's tables. */
export function jobsSchema(schema: string): string {
  return `${schema}_jobs`;
}

/**
 * Brings the schema (and the job library's) up to date, creating it if missing. Each migration runs in its own
 * transaction. Of several processes that start together one migrates; the others wait, and find nothing to do.
 *
 * @returns names of the migrations that this call ran
 * @throws {MigrationError} if a migration fails, or the database was migrated by a newer version
 * @throws {DatabaseUnavailable} if it can't be connected
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const lock = await holdLock(options);
  try {
    const ran = await migrateTables(options);
    await migrateJobs(options);
    return ran;
  } catch (error) {
    throw error instanceof MigrationError || !isRefusal(error) ? error : notMigrated(options.schema, error);
  } finally {
    await lock.end();
  }
}

/**
 * Refuses a database that this code must not run on.
 *
 * @throws {MigrationError} if the schema is behind this code (names `npm run migrate`) or ahead of it
 */
export async function assertMigrated(knex: Knex, schema: string): Promise<void> {
  const pending = await pendingMigrations(knex, schema);
  const missing = (await tableExists(knex, jobsSchema(schema), "migrations"))
    ? pending
    : [...pending, "the job tables"];
  if (missing.length > 0) {
    throw new MigrationError(
      `The database schema "${schema}" is behind this version of Tally; missing: ${missing.join(", ")}. ` +
        'Run "npm run migrate" (or set MIGRATE_ON_START=true), then start again.',
    );
  }
}

/**
 * What this code has and the database has not, in order.
 *
 * @throws {MigrationError} if the database has a migration that this code doesn't know
 */
export async function pendingMigrations(knex: Knex, schema: string): Promise<string[]> {
  const known = await listMigrations();
  const applied = (await tableExists(knex, schema, "migrations"))
    ? await knex.withSchema(schema).table("migrations").orderBy("id").pluck<string[]>("name")
    : [];
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new MigrationError(
      `The database schema "${schema}" was migrated by a newer version of Tally; unknown here: ${unknown.join(", ")}. ` +
        "Run that version, or point DB_SCHEMA or DATABASE_URL elsewhere.",
    );
  }
  return known.filter((name) => !applied.includes(name));
}

async function tableExists(knex: Knex, schema: string, table: string): Promise<boolean> {
  return knex.schema.withSchema(schema).hasTable(table);
}

async function migrateTables({ url, schema, log }: MigrateOptions): Promise<string[]> {
  const { knex, close } = createDatabase({ url, schema, poolMax: 2, log, bounded: false });
  try {
    const pending = await pendingMigrations(knex, schema);
    // Only when missing: `if not exists` still wants the right to create schemas, which an owner of one may not have.
    if (!(await schemaExists(knex, schema))) await knex.raw("create schema ??", [schema]);
    await freeLock(knex, schema);
    for (const name of pending) {
      const startedAt = performance.now();
      await runMigration(knex, schema, name);
      log.info({ schema, migration: name, durationMs: Math.round(performance.now() - startedAt) }, "db.migrated");
    }
    return pending;
  } finally {
    await close();
  }
}

async function runMigration(knex: Knex, schema: string, name: string): Promise<void> {
  try {
    await knex.migrate.up({ migrationSource, schemaName: schema, tableName: "migrations", name });
  } catch (error) {
    const advice = isMendable(error) ? `. ${adviceOn(error)}` : "";
    throw new MigrationError(
      `Migration ${name} of schema "${schema}" failed and changed nothing: ${postgresWords(error)}${advice}`,
      { cause: error },
    );
  }
}

/** Knex puts the whole statement before Postgres's message: "create table … - relation … already exists". */
function postgresWords(error: unknown): string {
  return reasonOf(error).split(" - ").at(-1) ?? "";
}

/** By whoever runs the database: a full disk, a missing right. Anything else is the migration's fault. */
function isMendable(error: unknown): boolean {
  return ["42501", "53100"].includes(String((error as { code?: unknown }).code));
}

function notMigrated(schema: string, error: unknown): MigrationError {
  const words = `The database schema "${schema}" can't be migrated: ${postgresWords(error)}. ${adviceOn(error)}`;
  return new MigrationError(words, { cause: error });
}

/**
 * Knex has a lock of its own in a row. It takes it in the migration's transaction, so that a killed migrator leaves none;
 * but one that was left by other means stays for ever, and each start would need a person. Whoever comes here has the
 * advisory lock, which is gone with its session: so nobody migrates.
 */
async function freeLock(knex: Knex, schema: string): Promise<void> {
  if (!(await tableExists(knex, schema, "migrations_lock"))) return;
  await knex.withSchema(schema).table("migrations_lock").where({ is_locked: 1 }).update({ is_locked: 0 });
}

async function schemaExists(knex: Knex, schema: string): Promise<boolean> {
  return (await knex("pg_catalog.pg_namespace").where({ nspname: schema }).first()) !== undefined;
}

async function migrateJobs({ url, schema, log }: MigrateOptions): Promise<void> {
  const pgPool = createPool({ url, max: 2, log, bounded: false });
  try {
    await runMigrations({ pgPool, schema: jobsSchema(schema), logger: jobLogger(log) });
  } finally {
    await pgPool.end();
  }
}

/** Waits for its turn; the lock is gone when its session is, so that a killed migrator holds up nobody. */
async function holdLock({ url, schema, log, stopping }: MigrateOptions): Promise<pg.Client> {
  const client = await connectClient(url, log);
  const stopWaiting = () => void client.end();
  try {
    const key = [`tally:migrate:${schema}`];
    const free = await client.query<{ locked: boolean }>(
      "select pg_try_advisory_lock(hashtextextended($1, 0)) as locked",
      key,
    );
    if (free.rows[0]?.locked !== true) {
      log.info({ schema }, "db.migration_awaited");
      stopping?.addEventListener("abort", stopWaiting, { once: true });
      await client.query("select pg_advisory_lock(hashtextextended($1, 0))", key);
    }
    return client;
  } catch (error) {
    await client.end();
    throw error;
  } finally {
    stopping?.removeEventListener("abort", stopWaiting);
  }
}
