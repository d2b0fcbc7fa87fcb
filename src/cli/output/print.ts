import type { CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { type Column, formatTable } from "./table.ts";
import { plain } from "./text.ts";

/** Prints a value for programs, and for people who want all of it: JSON, indented, dates in ISO 8601. */
export function printJson(io: Io, value: unknown): void {
  io.out(`${toJson(value)}\n`);
}

/** JSON in which no character of the values can reach the terminal as a control character. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/[^\P{C}\n]|\p{Zl}|\p{Zp}/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** A list that a command shows. */
export interface List<Row> {
  items: readonly Row[];
  columns: readonly Column<Row>[];
  /** What to say when it is empty. */
  none: string;
  /** How many were asked for at most: where there are so many, there may be more. */
  limit?: number;
}

/** Prints a list as a table, or for programs as `{ "items": [...] }`. Hints go to the other stream. */
export function printList<Row>(io: Io, { json }: CommonOptions, { items, columns, none, limit }: List<Row>): void {
  if (json) printJson(io, { items });
  else printTable(io, items, columns, none);
  if (items.length === limit) io.err(`These are the newest ${limit}; --limit shows more.\n`);
}

/** Prints a table, or a sentence on the other stream if there is nothing in it. */
export function printTable<Row>(io: Io, rows: readonly Row[], columns: readonly Column<Row>[], none: string): void {
  if (rows.length === 0) io.err(`${none}\n`);
  else io.out(formatTable(rows, columns, io));
}

/** Prints what is known of one thing, a line each; what has no value is left out. */
export function printFields(io: Io, fields: Record<string, string | number | null>): void {
  const known = Object.entries(fields).filter(([, value]) => value !== null && value !== "");
  const width = Math.max(0, ...known.map(([name]) => name.length));
  for (const [name, value] of known) io.out(`${name.padEnd(width)}  ${plain(String(value))}\n`);
}
