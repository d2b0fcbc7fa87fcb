import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createCached } from "../../src/figures/cached.ts";
import { createFigures } from "../../src/figures/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { logLines } from "../support/log-lines.ts";
import { familiesOf, sampleOf } from "./scrape.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe("the figures of a database that can't be read", () => {
  it("are left out, and counted, and all others are told; they come back by themselves", async () => {
    const { log, seen } = logLines();
    const figures = createFigures({ ...database, log, freshMs: 0 });
    expect(sampleOf(await figures.text(), "tally_db_effects_dead")).toBe(0);

    await database.knex.raw("alter table tally.processes rename to gone");
    const without = await figures.text();
    expect(sampleOf(without, "tally_db_effects_dead")).toBeUndefined();
    expect(without).not.toMatch(/^tally_db_(?!recorder_seconds)/m);
    expect(sampleOf(without, "tally_scrape_errors_total")).toBe(1);
    expect(familiesOf(without)).toContain("nodejs_eventloop_lag_seconds");
    expect(await seen("figures.not_read")).toMatchObject({ level: "warn" });

    await database.knex.raw("alter table tally.gone rename to processes");
    expect(sampleOf(await figures.text(), "tally_db_effects_dead")).toBe(0);
    await figures.close();
  });
});

describe("the recorders' seconds", () => {
  it("are those of all sessions, and go on while a recorder runs", async () => {
    const figures = createFigures({ ...database, log: logLines().log });
    await database.knex.raw(`
      insert into tally.channels (id, name, state) values (1, 'c', '{}');
      insert into tally.sessions (id, channel_id, number, cause, opened_at, recorded_seconds,
        recorded_seconds_without_host, counting)
      values ('1-1', 1, 1, 'host', clock_timestamp(), 100, 10, null),
        ('1-2', 1, 2, 'host', clock_timestamp(), 50, 5, jsonb_build_object('recorders', 2, 'hostPresent', false,
          'mediaPush', 0, 'since', extract(epoch from clock_timestamp()) * 1000 - 60000))`);
    const text = await figures.text();
    await figures.close();
    expect(sampleOf(text, 'tally_db_recorder_seconds{host="present"}')).toBe(135);
    const without = sampleOf(text, 'tally_db_recorder_seconds{host="absent"}') ?? NaN;
    // Two recorders for a minute, and for as long as this took.
    expect(without).toBeGreaterThanOrEqual(135);
    expect(without).toBeLessThan(300);
  });
});

describe("something that is read when it is asked for", () => {
  it("is read once for all who ask, and not again while it is fresh", async () => {
    let reads = 0;
    const cached = createCached(() => Promise.resolve(++reads), { freshMs: 60_000, onFailed: fail });
    expect(await Promise.all([cached.get(), cached.get()])).toEqual([1, 1]);
    expect(await cached.get()).toBe(1);
  });

  it("is given up in time, and what comes late is for the next", async () => {
    const failures: unknown[] = [];
    let answer: (value: string) => void = fail;
    const read = () => new Promise<string>((resolve) => (answer = resolve));
    const cached = createCached(read, { freshMs: 60_000, patienceMs: 1, onFailed: (error) => failures.push(error) });
    expect(await cached.get()).toBeNull();
    expect(failures).toMatchObject([{ message: "no answer within 1 ms" }]);
    answer("late");
    await cached.idle();
    expect(await cached.get()).toBe("late");
  });
});

function fail(): never {
  throw new Error("this was not to be called");
}
