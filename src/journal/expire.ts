import { rowsOf, table, type Tables } from "../eventlog/index.ts";

/** So long is kept what is for people only: longer than anybody looks back after an incident. */
const keptDays = 30;

const intervalMs = 3_600_000;
const batch = 5_000;

/** Deletes rows that are too old: looks at most once an hour, and takes a bounded number each time. */
export function createExpiry(
  { knex, schema }: Tables,
  name: "provider_calls" | "refusals",
  column: "at" | "minute",
): { look(): Promise<void> } {
  let nextAt = 0;
  return {
    async look() {
      if (performance.now() < nextAt) return;
      nextAt = performance.now() + intervalMs;
      const sql = `delete from ${table(schema, name)} where ctid in (
        select ctid from ${table(schema, name)}
        where ${column} < clock_timestamp() - :keptDays * interval '1 day' limit :batch)`;
      await rowsOf(knex, sql, { keptDays, batch });
    },
  };
}
