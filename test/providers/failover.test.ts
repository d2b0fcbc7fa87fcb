import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type HostFailure, nextHost, pauseBeforeNextMs } from "../../src/providers/failover.ts";
import { runs } from "../support/fast-check.ts";

const hosts = [
  ["api.one", "api.two"],
  ["west.one", "west.two"],
  ["east.one", "east.two"],
];
const dns = (url: string): HostFailure => ({ url, how: "dns" });
const network = (url: string): HostFailure => ({ url, how: "network" });

describe("the next host", () => {
  it.each<[string, HostFailure[], string | null]>([
    ["first the nearest place", [], "api.one"],
    ["without an address, its other domain", [dns("api.one")], "api.two"],
    ["without an answer, the adjacent place", [network("api.one")], "west.one"],
    [
      "without an answer under the other domain, the adjacent place under that",
      [dns("api.one"), network("api.two")],
      "west.two",
    ],
    ["without any address, the adjacent place", [dns("api.one"), dns("api.two")], "west.one"],
    ["the adjacent place without an address, its other domain", [network("api.one"), dns("west.one")], "west.two"],
    ["no answer from two places, the third", [network("api.one"), network("west.one")], "east.one"],
    [
      "a place that didn't answer is not tried by its other name",
      hosts
        .flat()
        .filter((url) => url.endsWith("one"))
        .map(network),
      null,
    ],
    ["no address anywhere, nothing", hosts.flat().map(dns), null],
  ])("%s", (_what, failures, next) => {
    expect(nextHost(hosts, failures)).toBe(next);
  });

  it.each(["dns", "network"] as const)("of a plain list is the one after, whatever failed: %s", (how) => {
    const list = [["a"], ["b"], ["c"]];
    expect(nextHost(list, [{ url: "a", how }])).toBe("b");
    expect(
      nextHost(
        list,
        ["a", "b"].map((url) => ({ url, how })),
      ),
    ).toBe("c");
    expect(
      nextHost(
        list,
        ["a", "b", "c"].map((url) => ({ url, how })),
      ),
    ).toBeNull();
  });

  it("of a single one is none", () => {
    expect(nextHost([["a"]], [dns("a")])).toBeNull();
  });

  it("is never one that failed, and there is an end", () => {
    const how = fc.constantFrom<HostFailure["how"]>("dns", "network");
    fc.assert(
      fc.property(fc.array(how, { minLength: 6, maxLength: 6 }), (kinds) => {
        const failures: HostFailure[] = [];
        for (const how of kinds) {
          const url = nextHost(hosts, failures);
          if (url === null) break;
          expect(failures.map((failure) => failure.url)).not.toContain(url);
          failures.push({ url, how });
        }
        expect(nextHost(hosts, failures)).toBeNull();
      }),
      runs(200),
    );
  });
});

describe("the pause before it", () => {
  it("is 1 s and then 3 s, and none when nothing reached the provider", () => {
    expect([1, 2].map((attempts) => pauseBeforeNextMs(attempts, true))).toEqual([1_000, 3_000]);
    expect([1, 2].map((attempts) => pauseBeforeNextMs(attempts, false))).toEqual([0, 0]);
  });
});
