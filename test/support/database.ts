import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import type { Knex } from "knex";
import pg from "pg";
import { inject } from "vitest";

import { createDatabase } from "../../src/db/index.ts";
import { createLogger } from "../../src/log.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The test server's database `postgres`, as its superuser. */
    databaseUrl: string;
  }
}

/** A migrated database; others are cloned from it. */
export const templateDatabase = "tally_template";
export const templateSchema = "tally";

export interface TestDatabase {
  url: string;
  schema: string;
  knex: Knex;
  /**
   * Closes `knex` and drops the database.
   *
   * @throws if anything else is still connected, naming each connection: what opens one must close it
   */
  drop: () => Promise<void>;
}

/**
 * A database of its own for a test file. Drop it in `afterAll`.
 *
 * @param options.migrated - false for an empty one
 */
export async function createTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const template = options.migrated === false ? "template0" : templateDatabase;
  const url = withDatabase(inject("databaseUrl"), name);
  await asAdmin((admin) => admin.query(`create database ${name} template ${template}`));
  const { knex, schema, close } = createDatabase({
    url,
    schema: templateSchema,
    poolMax: 4,
    log: createLogger({ level: "fatal" }),
  });
  const drop = async () => {
    await close();
    await asAdmin(async (admin) => {
      const leaks = await connectionsTo(admin, name);
      await admin.query(`drop database ${name} with (force)`);
      if (leaks.length > 0) throw new Error(`Connections left open:\n${leaks.join("\n")}`);
    });
  };
  return { url, schema, knex, drop };
}

/** The same server and user, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function asAdmin(work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: inject("databaseUrl") });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

/** A session that was just closed is listed until its server process has ended: a moment of grace, no more. */
async function connectionsTo(admin: pg.Client, database: string): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await admin.query<{ description: string }>(
      `select format('pid %s, %s, %s: %s', pid, application_name, state, query) as description
       from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0 || attempt === 50) return rows.map(({ description }) => description);
    await delay(20);
  }
}
