import { setTimeout as wait } from "node:timers/promises";

import { type CatchUp, listCatchUps } from "../../engine/index.ts";
import { rowsOf, table, type Tables } from "../../eventlog/index.ts";

const lookAgainMs = 250;

/** Waits until a catch-up is over, for so long at most; returns it as it is then. */
export async function awaitCatchUp({ knex, schema }: Tables, id: number, seconds: number): Promise<CatchUp> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const [catchUp] = await listCatchUps(knex, schema, { id, limit: 1 });
    if (catchUp === undefined) throw new Error(`catch-up ${id} is gone`);
    if (catchUp.status !== "open" || performance.now() >= until) return catchUp;
    await wait(lookAgainMs);
  }
}

/** Whether a process of the service is alive: each writes its heartbeat every 3 s. */
export async function isServiceAlive({ knex, schema }: Tables): Promise<boolean> {
  const sql = `select from ${table(schema, "processes")} where heartbeat_at > clock_timestamp() - interval '15 seconds'`;
  return (await rowsOf(knex, sql)).length > 0;
}
