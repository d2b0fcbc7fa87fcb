import { describe, expect, it } from "vitest";

import { toJson } from "../../src/cli/output/print.ts";
import { type Column, formatTable } from "../../src/cli/output/table.ts";
import { cut, plain, widthOf } from "../../src/cli/output/text.ts";
import { duration, shortTime } from "../../src/cli/output/times.ts";

interface Row {
  id: string;
  name: string;
  note: string;
}

const columns: Column<Row>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "NAME", value: ({ name }) => name, flexible: 10 },
  { title: "NOTE", value: ({ note }) => note, flexible: 10, alarming: ({ note }) => note.startsWith("!") },
];

const table = (rows: Row[], width = 80, colour = false) =>
  formatTable(rows, columns, { columns: width, colour }).split("\n");

describe("a table", () => {
  it("is as wide as its cells, without spaces at the ends of lines", () => {
    expect(
      table([
        { id: "1", name: "a", note: "" },
        { id: "22", name: "bcdef", note: "x" },
      ]),
    ).toEqual(["ID  NAME   NOTE", "1   a", "22  bcdef  x", ""]);
  });

  it("leaves out a column with nothing in it", () => {
    expect(table([{ id: "1", name: "a", note: "" }])).toEqual(["ID  NAME", "1   a", ""]);
  });

  it("takes from the columns that have most to spare until it fits the width", () => {
    const lines = table([{ id: "1234", name: "n".repeat(30), note: "w".repeat(200) }], 60);
    expect(lines[1]).toBe(`1234 ${"n".repeat(26)}… ${"w".repeat(26)}…`);
    expect(lines[1]).toHaveLength(60);
  });

  it.each([1, 5, 12, 20, 40, 79, 200])("has no line wider than %i", (width) => {
    const rows = [{ id: "1234567", name: "配信".repeat(20), note: "x ".repeat(90) }];
    for (const line of table(rows, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  it("marks what is alarming, and only where there is colour", () => {
    const rows = [{ id: "1", name: "a", note: "!" }];
    expect(table(rows, 80, true)[1]).toContain("\u001b[31m!\u001b[39m");
    expect(table(rows, 80, false).join("")).not.toContain("\u001b");
  });
});

describe("text of others", () => {
  it("can't move the cursor, ring the bell, break the line or turn the text around", () => {
    expect(plain("a\u001b[2Jb\nc\u0007d\u202ee\u2028f\ud800g")).toBe("a [2Jb c d e f g");
  });

  it("comes out of JSON as escapes, and as the same value when read again", () => {
    const value = { a: "\u0085\u202e\u2028\u007f\u{e0001}x", b: ["ü", "配"] };
    const text = toJson(value);
    // eslint-disable-next-line no-control-regex -- that is what must not be in it
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]|\u{e0001}/u);
    expect(text).toContain("ü");
    expect(JSON.parse(text)).toEqual(value);
  });

  it("is cut to a width, wide characters counted as two", () => {
    expect([cut("abcdef", 6), cut("abcdefg", 6), cut("配信配信", 5), cut("abc", 0)]).toEqual([
      "abcdef",
      "abcde…",
      "配信…",
      "",
    ]);
  });
});

describe("times", () => {
  const now = new Date("2026-03-14T20:00:00Z");

  it.each([
    ["2026-03-14T01:02:03Z", "01:02:03"],
    ["2026-03-13T23:59:59Z", "03-13 23:59"],
    ["2025-12-31T10:00:00Z", "2025-12-31 10:00"],
  ])("of %s are shown as %s", (iso, text) => {
    expect(shortTime(new Date(iso), now)).toBe(text);
  });

  it.each([
    [0, "0s"],
    [59.6, "1m 00s"],
    [3723, "1h 02m 03s"],
  ])("of %d seconds are %s long", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
