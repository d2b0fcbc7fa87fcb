import { expect, it } from "vitest";

import { createCoalescer } from "../src/coalesce.ts";

/** Runs that end when they are told to. */
function createRuns() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  let atOnce = 0;
  let most = 0;
  const run = async (key: string) => {
    begun.push(key);
    most = Math.max(most, ++atOnce);
    await new Promise<void>((resolve) => ends.push(resolve));
    atOnce--;
    return begun.length;
  };
  const endNext = async () => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { run, begun, endNext, most: () => most };
}

it("what is asked for while a run is under way shares one more run", async () => {
  const runs = createRuns();
  const coalescer = createCoalescer(runs.run, 4);
  const first = coalescer.request("a");
  const [second, third] = [coalescer.request("a"), coalescer.request("a")];
  expect(runs.begun).toEqual(["a"]);

  await runs.endNext();
  expect(await first).toBe(1);
  expect(runs.begun).toEqual(["a", "a"]);
  await runs.endNext();
  expect(await Promise.all([second, third])).toEqual([2, 2]);
  expect(coalescer.has("a")).toBe(false);
});

it("runs so many keys at a time and no more, in the order of asking", async () => {
  const runs = createRuns();
  const coalescer = createCoalescer(runs.run, 2);
  for (const key of ["a", "b", "c", "a", "d"]) void coalescer.request(key);
  expect(runs.begun).toEqual(["a", "b"]);
  for (let i = 0; i < 5; i++) await runs.endNext();

  expect(runs.begun).toEqual(["a", "b", "c", "a", "d"]);
  expect(runs.most()).toBe(2);
  await coalescer.idle();
});

it("a run that fails tells those who asked for it, and the next goes on", async () => {
  let runs = 0;
  const coalescer = createCoalescer<string, string>(() => {
    return ++runs === 1 ? Promise.reject(new Error("broken")) : Promise.resolve("fine");
  }, 1);
  await expect(coalescer.request("a")).rejects.toThrow("broken");
  await expect(coalescer.request("a")).resolves.toBe("fine");
  await coalescer.idle();
});
