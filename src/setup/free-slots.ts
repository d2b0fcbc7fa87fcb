import type { Slots } from "../providers/index.ts";

/**
 * For the handful of calls that a person's command makes, without a database: they don't wait for the service's rate, and
 * what a provider asks to wait for is told to the person.
 */
export const freeSlots: Slots = {
  reserve: (_provider, count) =>
    Promise.resolve(Array.from({ length: count }, () => ({ ready: () => Promise.resolve() }))),
  holdBack: () => Promise.resolve(),
};
