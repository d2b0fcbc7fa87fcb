import { setTimeout as wait } from "node:timers/promises";

import type { Knex } from "knex";

import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { Slot, Slots } from "../providers/index.ts";
import { type Lease, LeaseLost } from "./lease.ts";

/** Calls a second. */
export interface Rates {
  agora: number;
  cloudflare: number;
  /** Questions, whichever provider they go to: the least urgent calls. They take their provider's slot besides. */
  checkup: number;
  /** Questions for the number of players. They go to the host of playback, which has no other rate. */
  views: number;
}

export interface DatabaseSlots extends Slots {
  /** Waits for a place among the questions. */
  waitForCheckup(): Promise<void>;
  /** Waits for a place among the questions for the number of players. */
  waitForViews(): Promise<void>;
}

/**
 * The providers' rates for the whole database: a row per rate holds when its next call may begin, and whoever reserves
 * moves it on. Agora takes 10 calls a second per App ID, however many processes share it (Agora docs: cloud-recording,
 * rest-api).
 */
export function createSlots({ knex, schema }: Tables, rates: Rates, lease: Lease): DatabaseSlots {
  async function reserve(name: keyof Rates, count: number): Promise<Slot[]> {
    const spacingMs = 1000 / rates[name];
    const delayMs = await takePlace(knex, schema, name, count * spacingMs);
    const first = performance.now() + delayMs;
    return Array.from({ length: count }, (_, i) => ({ ready: () => waitUntil(first + i * spacingMs) }));
  }

  async function waitUntil(at: number): Promise<void> {
    const ms = at - performance.now();
    if (ms > 0) await wait(ms, undefined, { signal: lease.signal }).catch(stopped);
    lease.assertHeld();
  }

  async function waitFor(questions: "checkup" | "views"): Promise<void> {
    const [slot] = await reserve(questions, 1);
    await slot?.ready();
  }

  return {
    reserve,
    async holdBack(provider, ms) {
      await knex.raw(
        `insert into ${table(schema, "provider_rates")} as rate (name, next_at)
         values (:name, clock_timestamp() + ${interval})
         on conflict (name) do update set next_at = greatest(rate.next_at, excluded.next_at)`,
        { name: provider, ms },
      );
    },
    waitForCheckup: () => waitFor("checkup"),
    waitForViews: () => waitFor("views"),
  };
}

/**
 * Moves a rate on by so many milliseconds. Within a transaction nobody else takes a place of it until the commit.
 *
 * @returns milliseconds until the first of the places that were taken
 */
export async function takePlace(db: Knex, schema: string, name: string, ms: number): Promise<number> {
  const rows = await rowsOf<{ delayMs: number }>(
    db,
    `insert into ${table(schema, "provider_rates")} as rate (name, next_at)
     values (:name, clock_timestamp() + ${interval})
     on conflict (name) do update set next_at = greatest(rate.next_at, clock_timestamp()) + ${interval}
     returning (extract(epoch from next_at - clock_timestamp()) * 1000)::double precision - :ms as "delayMs"`,
    { name, ms },
  );
  return Math.max(0, rows[0]?.delayMs ?? 0);
}

const interval = "make_interval(secs => :ms / 1000.0)";

function stopped(): never {
  throw new LeaseLost("this process is stopping");
}
