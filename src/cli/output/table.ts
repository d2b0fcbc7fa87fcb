import type { Io } from "../io.ts";
import { fit } from "./fit.ts";
import { cut, plain, widthOf, wrap } from "./text.ts";

export interface Column<Row> {
  title: string;
  value: (row: Row) => string;
  /** The column may be cut. Of several, the one that is furthest above the width given here gives way first. */
  flexible?: number;
  /** Of a table that is too wide: the text goes below its row, indented and whole, instead of being cut. */
  below?: true;
  /** Shown in red, where there is colour. */
  alarming?: (row: Row) => boolean;
}

/**
 * A table that fits the terminal: no line is wider than `io.columns`. Columns that are empty in every row are left out.
 * The usual libraries cut each column at a width of its own, and leave it to the caller to find widths that fit.
 */
export function formatTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { columns: available, colour }: Pick<Io, "columns" | "colour">,
): string {
  const filled = columns
    .map((column) => ({ ...column, cells: rows.map((row) => plain(column.value(row))) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const widthsOf = (of: typeof filled) => of.map(({ title, cells }) => Math.max(widthOf(title), ...cells.map(widthOf)));
  const isTooWide = total(widthsOf(filled), 1) > available;
  const below = filled.filter((column) => isTooWide && column.below === true);
  const shown = filled.filter((column) => !below.includes(column));
  const natural = widthsOf(shown);
  const gap = total(natural, 2) <= available ? 2 : 1;
  const wanted = shown.map(({ flexible }) => flexible ?? null);
  const widths = fit(natural, wanted, total(natural, gap) - available);

  const line = (texts: string[], style: (text: string, at: number) => string) =>
    texts
      .map((text, at) => {
        const width = widths[at] ?? 0;
        const shortened = cut(text, width);
        return (colour ? style(shortened, at) : shortened) + " ".repeat(width - widthOf(shortened) + gap);
      })
      .join("")
      .trimEnd();
  const head = line(
    shown.map(({ title }) => title),
    bold,
  );
  const body = rows.flatMap((row, i) => [
    line(
      shown.map(({ cells }) => cells[i] ?? ""),
      (text, at) => (shown[at]?.alarming?.(row) === true ? red(text) : text),
    ),
    ...below.flatMap(({ cells }) => indented(cells[i] ?? "", available)),
  ]);
  return [head, ...body].map((text) => `${text}\n`).join("");
}

function indented(text: string, available: number): string[] {
  return text === "" ? [] : wrap(text, available - belowIndent.length).map((line) => belowIndent + line);
}

const belowIndent = "    ";

function total(widths: readonly number[], gap: number): number {
  return widths.reduce((sum, width) => sum + width + gap, -gap);
}

function bold(text: string): string {
  return `\u001b[1m${text}\u001b[22m`;
}

function red(text: string): string {
  return `\u001b[31m${text}\u001b[39m`;
}
