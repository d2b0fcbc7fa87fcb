import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { normaliseTime, toDate } from "../../src/webhooks/times.ts";

describe("normaliseTime", () => {
  it.each([
    ["2026-09-21T13:53:31Z", "2026-09-21T13:53:31.000000000Z"],
    ["2026-09-21T13:53:31.5Z", "2026-09-21T13:53:31.500000000Z"],
    ["2026-09-21T13:53:31.004518207Z", "2026-09-21T13:53:31.004518207Z"],
    ["2026-09-21T13:53:31.0045182079Z", "2026-09-21T13:53:31.004518207Z"],
    ["2026-09-21T13:53:31.004518207+00:00", "2026-09-21T13:53:31.004518207Z"],
    ["2026-09-21T13:53:31.004518207-00:00", "2026-09-21T13:53:31.004518207Z"],
    ["2026-09-21T15:53:31.004518207+02:00", "2026-09-21T13:53:31.004518207Z"],
    ["2026-09-20T23:23:31.9-14:30", "2026-09-21T13:53:31.900000000Z"],
    ["2026-09-21 13:53:31z", "2026-09-21T13:53:31.000000000Z"],
  ])("%s", (text, normalised) => {
    expect(normaliseTime(text)).toBe(normalised);
  });

  it.each([
    "",
    "yesterday",
    "2026-09-21",
    "2026-09-21T13:53:31",
    "2026-13-21T13:53:31Z",
    "2026-09-21T25:00:00Z",
    "2026-09-21T13:53:31.Z",
    "1790006400",
    "+12026-09-21T13:53:31Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:00",
    " 2026-09-21T13:53:31Z",
  ])("null for %j", (text) => {
    expect(normaliseTime(text)).toBeNull();
  });

  it("makes the order of texts the order of times, however the fractions and offsets are written", () => {
    const instant = fc.record({ ms: fc.integer({ min: 1e12, max: 4e12 }), nanos: fc.nat(999_999) });
    const written = fc.tuple(instant, fc.integer({ min: -14 * 60, max: 14 * 60 })).map(([{ ms, nanos }, offset]) => {
      const iso = new Date(ms + offset * 60_000).toISOString().slice(0, -1) + String(nanos).padStart(6, "0");
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) =>
        String(n).padStart(2, "0"),
      );
      const text = `${iso.replace(/0+$/, "").replace(/\.$/, "")}${offset < 0 ? "-" : "+"}${hours ?? ""}:${minutes ?? ""}`;
      return { time: BigInt(ms) * 1_000_000n + BigInt(nanos), text };
    });
    fc.assert(
      fc.property(written, written, (a, b) => {
        const [textA, textB] = [normaliseTime(a.text), normaliseTime(b.text)];
        if (textA === null || textB === null) throw new Error(`not read: ${a.text} or ${b.text}`);
        expect(textA).toHaveLength(30);
        expect(textA < textB).toBe(a.time < b.time);
      }),
    );
  });
});

describe("toDate", () => {
  it("takes Unix milliseconds of the years 1970 to 9999", () => {
    expect(toDate(1_790_006_400_000)?.toISOString()).toBe("2026-09-21T16:00:00.000Z");
    for (const time of [0, -1, 1e15, Number.MAX_VALUE, Infinity, NaN, null, undefined]) expect(toDate(time)).toBeNull();
  });
});
