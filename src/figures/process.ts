import { existsSync, readFileSync } from "node:fs";

import type { Knex } from "knex";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";

/** What a process is and has: its build, memory, event loop, streams, and connections to the database. */
export function createProcessFigures(registry: Registry, knex: Knex): { onReaders: (count: number) => void } {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const build = new Gauge({
    name: "tally_build_info",
    help: "Always 1; which version runs, on which Node",
    labelNames: ["version", "node"],
    registers,
  });
  build.set({ version: versionOfTally(), node: process.version }, 1);
  const readers = new Gauge({ name: "tally_stream_readers", help: "Streams of statuses that are open", registers });
  const pool = (knex.client as { pool: Pool }).pool;
  new Gauge({
    name: "tally_database_connections",
    help: "Connections of the pool for statements, by whether they are in use",
    labelNames: ["state"],
    registers,
    collect() {
      this.set({ state: "used" }, pool.numUsed());
      this.set({ state: "free" }, pool.numFree());
    },
  });
  new Gauge({
    name: "tally_database_waiting",
    help: "Statements that wait for a connection of the pool",
    registers,
    collect() {
      this.set(pool.numPendingAcquires());
    },
  });
  return { onReaders: (count) => readers.set(count) };
}

/** Of Knex's pool, which is tarn's. */
interface Pool {
  numUsed: () => number;
  numFree: () => number;
  numPendingAcquires: () => number;
}

/** As the manifest says that lies above this file, built or not. */
function versionOfTally(): string {
  let folder = new URL(".", import.meta.url);
  while (!existsSync(new URL("package.json", folder)) && folder.pathname !== "/") folder = new URL("..", folder);
  const manifest = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as { version: string };
  return manifest.version;
}
