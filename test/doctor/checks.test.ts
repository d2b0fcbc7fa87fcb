import { describe, expect, it } from "vitest";

import { judgeClocks } from "../../src/doctor/database.ts";
import { runChecks } from "../../src/doctor/run-checks.ts";
import { checkNode } from "../../src/doctor/settings.ts";
import { ago } from "../../src/doctor/traffic.ts";

describe("the clocks", () => {
  it.each([
    [{ database: 0, Agora: 29_000 }, "ok", "against ours: database 0 s, Agora +29 s"],
    [{ database: -31_000, Agora: null }, "warning", "against ours: database -31 s"],
    [{ Cloudflare: 301_000 }, "failed", "against ours: Cloudflare +301 s; over 5 min signed webhooks are refused"],
    [{ Cloudflare: null }, "warning", "no other clock could be asked"],
  ])("%j are %s", (clocks, state, says) => {
    expect(judgeClocks(clocks)).toMatchObject({ state, says });
  });
});

describe("Node", () => {
  it.each([
    ["20.19.0", "ok"],
    ["22.1.0", "ok"],
    ["20.18.3", "failed"],
    ["18.20.0", "failed"],
  ])("%s is %s", (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });
});

describe("checks", () => {
  it("are all made and told in their order, though one throws and one never ends", async () => {
    let signal: AbortSignal | undefined;
    const found = await runChecks(
      [
        {
          name: "hangs",
          look(given) {
            signal = given;
            return new Promise(() => undefined);
          },
        },
        { name: "throws", look: () => Promise.reject(new Error("broken")) },
        {
          name: "finds two",
          look: () => Promise.resolve(["a", "b"].map((says) => ({ state: "ok", says, todo: null }))),
        },
      ],
      20,
    );
    expect(found.map(({ check, state, says }) => [check, state, says])).toEqual([
      ["hangs", "failed", "no answer within 0.02 s"],
      ["throws", "failed", "broken"],
      ["finds two", "ok", "a"],
      ["finds two", "ok", "b"],
    ]);
    expect(signal?.aborted).toBe(true);
  });
});

it.each([
  [30, "just now"],
  [119 * 60, "119 min ago"],
  [47 * 3600, "47 h ago"],
  [72 * 3600, "3 days ago"],
])("%d seconds are %s", (seconds, words) => {
  expect(ago(new Date(1_000_000_000_000 + seconds * 1000), new Date(1_000_000_000_000))).toBe(words);
});
