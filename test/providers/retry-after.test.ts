import { describe, expect, it } from "vitest";

import { retryAfterMs } from "../../src/providers/retry-after.ts";

const now = Date.parse("2026-03-01T12:00:00.500Z");

describe("retryAfterMs", () => {
  it.each([
    ["0", 0],
    ["7", 7_000],
    [" 300 ", 300_000],
    ["0.25", 250],
    ["Sun, 01 Mar 2026 12:00:10 GMT", 9_500],
    ["Sun, 01 Mar 2026 11:59:00 GMT", 0],
  ])("reads %j as %d ms", (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  it.each([["86400"], ["9".repeat(400)], ["Mon, 01 Mar 2027 12:00:00 GMT"]])(
    "never waits longer than ten minutes: %s",
    (header) => {
      expect(retryAfterMs(header, now)).toBe(600_000);
    },
  );

  it.each([[null], [""], ["soon"], ["-5"], ["in 5 s"], ["2026" + "-03-01"], ["NaN GMT"]])(
    "cannot read %j",
    (header) => {
      expect(retryAfterMs(header, now)).toBeNull();
    },
  );
});
