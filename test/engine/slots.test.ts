import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createLease, LeaseLost } from "../../src/engine/index.ts";
import { createSlots } from "../../src/engine/slots.ts";
import { rowsOf } from "../../src/eventlog/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => database.knex.raw("delete from tally.provider_rates"));
afterAll(() => database.drop());

function heldLease() {
  const lease = createLease({ lifetimeMs: 60_000 });
  lease.confirm(performance.now());
  return lease;
}

/** When each slot may be used, in ms from now. */
async function times(slots: { ready(): Promise<void> }[]): Promise<number[]> {
  return Promise.all(slots.map((slot) => slot.ready().then(() => performance.now())));
}

/** How far the rate is booked, in ms from now, by the database's clock. */
async function bookedMs(name: string): Promise<number> {
  const [row] = await rowsOf<{ ms: number }>(
    database.knex,
    `select (extract(epoch from next_at - clock_timestamp()) * 1000)::double precision as ms
     from tally.provider_rates where name = :name`,
    { name },
  );
  return row?.ms ?? 0;
}

describe("slots", () => {
  it("keep one rate for all processes on a database", async () => {
    const rates = { agora: 50, cloudflare: 50, checkup: 50, views: 50 };
    const processes = [1, 2].map(() => createSlots(database, rates, heldLease()));
    const startedAt = performance.now();
    const turns = Array.from({ length: 10 }, () => processes).flat();
    const reserved = await Promise.all(turns.map((slots) => slots.reserve("agora", 1)));
    const at = (await times(reserved.flat())).sort((a, b) => a - b);

    // 20 calls, 20 ms apart; timers may be early by a millisecond.
    expect((at.at(-1) ?? 0) - startedAt).toBeGreaterThan(19 * 20 - 5);
  });

  it("keep calls together that belong together", async () => {
    const slots = createSlots(database, { agora: 20, cloudflare: 20, checkup: 20, views: 20 }, heldLease());
    const startedAt = performance.now();
    const [pair, other] = await Promise.all([slots.reserve("agora", 2), slots.reserve("agora", 1)]);
    const [[acquire = 0, start = 0], [single = 0]] = await Promise.all([times(pair), times(other)]);

    expect(single > start || single < acquire).toBe(true);
    // Never early: the third of 20 a second is due 100 ms after the first. How late a timer comes is the machine's affair.
    expect(Math.max(start, single) - startedAt).toBeGreaterThan(2 * 50 - 5);
  });

  it("of one provider don't wait for the other's", async () => {
    const slots = createSlots(database, { agora: 1, cloudflare: 1, checkup: 1, views: 1 }, heldLease());
    await slots.reserve("agora", 30);
    const [slot] = await slots.reserve("cloudflare", 1);
    await slot?.ready();
    expect(await bookedMs("agora")).toBeGreaterThan(25_000);
    expect(await bookedMs("cloudflare")).toBeLessThan(1_001);
  });

  it("wait as long as the provider asked, and never less than was asked before", async () => {
    const slots = createSlots(database, { agora: 1000, cloudflare: 1000, checkup: 1000, views: 1000 }, heldLease());
    await slots.holdBack("agora", 20_000);
    await slots.holdBack("agora", 5_000);
    await slots.reserve("agora", 1);
    expect(await bookedMs("agora")).toBeGreaterThan(19_000);
  });

  it("of questions have a rate of their own", async () => {
    const slots = createSlots(database, { agora: 1000, cloudflare: 1000, checkup: 20, views: 20 }, heldLease());
    const startedAt = performance.now();
    await Promise.all([1, 2, 3].map(() => slots.waitForCheckup()));
    expect(performance.now() - startedAt).toBeGreaterThan(95);
  });
});

describe("the lease", () => {
  it("is lost before the first heartbeat and when the last one is old", async () => {
    let now = 0;
    const lease = createLease({ now: () => now });
    const slots = createSlots(database, { agora: 1000, cloudflare: 1000, checkup: 1000, views: 1000 }, lease);
    const [first, second, third] = await slots.reserve("agora", 3);

    await expect(first?.ready()).rejects.toThrow(LeaseLost);
    lease.confirm(0);
    now = 5_000;
    await expect(second?.ready()).resolves.toBeUndefined();
    now = 5_001;
    await expect(third?.ready()).rejects.toThrow("the last confirmed heartbeat is 5001 ms old");
  });

  it("counts a heartbeat from when it was sent, and never goes back", () => {
    let now = 6_000;
    const lease = createLease({ now: () => now });
    lease.confirm(5_000);
    lease.confirm(1_000);
    now = 10_000;
    expect(() => lease.assertHeld()).not.toThrow();
    now = 10_001;
    expect(() => lease.assertHeld()).toThrow(LeaseLost);
  });

  it("that ends wakes whoever waits for a slot", async () => {
    const lease = heldLease();
    const slots = createSlots(database, { agora: 0.01, cloudflare: 1, checkup: 1, views: 1 }, lease);
    const [, late] = await slots.reserve("agora", 2);
    const ready = late?.ready();
    lease.end();
    await expect(ready).rejects.toThrow("this process is stopping");
  });

  it("makes the first job wait for the first heartbeat", async () => {
    const lease = createLease();
    let begun = false;
    const waiting = lease.begun().then(() => (begun = true));
    await Promise.resolve();
    expect(begun).toBe(false);
    lease.confirm(performance.now());
    await waiting;
    expect(begun).toBe(true);
  });

  it("that ended before it began lets nobody wait for ever", async () => {
    const lease = createLease();
    const begun = lease.begun();
    lease.end();
    await expect(begun).rejects.toThrow(LeaseLost);
  });
});
