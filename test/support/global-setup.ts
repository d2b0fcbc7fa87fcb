import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";
import type { TestProject } from "vitest/node";

import { migrate, startEmbedded } from "../../src/db/index.ts";
import { createLogger } from "../../src/log.ts";
import { templateDatabase, templateSchema, withDatabase } from "./database.ts";

const log = createLogger({ level: "warn" });
const prefix = "tally-test-";

/** One Postgres for all test files, outside the checkout, with a migrated database to clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const dataDir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  // mkdtemp makes it 0700, and as root Postgres runs as another user.
  await chmod(dataDir, 0o755);
  const { url, stop } = await startEmbedded({ dataDir, log, durable: false });
  const databaseUrl = withDatabase(url, "postgres");
  await createTemplate(databaseUrl);
  project.provide("databaseUrl", databaseUrl);
  return async () => {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

async function createTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${templateDatabase}`);
  await client.end();
  await migrate({ url: withDatabase(url, templateDatabase), schema: templateSchema, log });
}

/** Folders of test runs that were killed, with their servers: joined, and stopped as their last user. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const dataDir = join(tmpdir(), name);
    const server = await startEmbedded({ dataDir, log, durable: false }).catch(() => null);
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: another user's.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
