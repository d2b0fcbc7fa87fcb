import fc from "fast-check";
import { expect, test } from "vitest";

import { evening } from "./arbitrary.ts";
import { playEvening } from "./evening.ts";
import type { Plan } from "./plan.ts";
import { tell } from "./tell.ts";

/** `FAST_CHECK_SEED` plays other evenings; `npm run simulate` plays more: ten thousand take a minute. */
const seed = Number(process.env.FAST_CHECK_SEED ?? 1);

test("a thousand evenings keep every promise", { timeout: 180_000 }, async () => {
  const property = fc.asyncProperty(evening, async (plan) => {
    expect((await playEvening(plan)).broken).toEqual([]);
  });
  const { failed, counterexample } = await fc.check(property, { numRuns: 1_000, seed });
  const [plan]: [Plan?] = counterexample ?? [];
  expect(failed, plan === undefined ? "" : tell(plan, await playEvening(plan))).toBe(false);
});

test("an evening is the same whenever it is played", async () => {
  const plans = fc.sample(evening, { numRuns: 100, seed });
  for (const plan of plans) {
    const [first, second] = [await playEvening(plan), await playEvening(plan)];
    expect(second.service.log).toEqual(first.service.log);
  }
});
