import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";

import { parseWhen } from "../../src/cli/parse/when.ts";

const now = new Date("2026-03-14T20:00:00.000Z");

describe("a point in time", () => {
  it.each([
    ["90s", "2026-03-14T19:58:30.000Z"],
    ["30m", "2026-03-14T19:30:00.000Z"],
    ["2h", "2026-03-14T18:00:00.000Z"],
    ["3d", "2026-03-11T20:00:00.000Z"],
    ["1w", "2026-03-07T20:00:00.000Z"],
    ["19:15", "2026-03-14T19:15:00.000Z"],
    ["19:15:29", "2026-03-14T19:15:29.000Z"],
    ["20:00:01", "2026-03-13T20:00:01.000Z"],
    ["2026-03-14", "2026-03-14T00:00:00.000Z"],
    ["2026-03-14T18:30", "2026-03-14T18:30:00.000Z"],
    ["2026-03-14 18:30:15.5", "2026-03-14T18:30:15.500Z"],
    ["2026-03-14T18:30:00Z", "2026-03-14T18:30:00.000Z"],
    ["2026-03-14T18:30:00+02:00", "2026-03-14T16:30:00.000Z"],
  ])("%s is %s", (text, iso) => {
    expect(parseWhen(text, now).toISOString()).toBe(iso);
  });

  it.each([
    "",
    "yesterday",
    "2",
    "2 h",
    "-2h",
    "2026",
    "2026-13-40",
    "2026-03-14T25:00",
    "14.03.2026",
    "24:00",
    "9:15",
  ])("refuses %j", (text) => {
    expect(() => parseWhen(text, now)).toThrow(InvalidArgumentError);
  });
});
