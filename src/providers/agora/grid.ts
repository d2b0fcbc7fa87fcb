/** A rectangle on a canvas: whole, even pixels, since encoders work on pairs of them. */
export interface Tile {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** More would be too small to tell apart. */
export const mostTiles = 16;

/**
 * Divides a canvas among `count` pictures, left to right and then down: one has all of it, two stand side by side, or one
 * above the other on a canvas that is higher than wide; more form a grid of tiles that differ by two pixels at most. The
 * last row may have free places.
 *
 * @param canvas - pixels; of an odd side the last pixel stays free
 * @param count - from 0; whoever is beyond `mostTiles` gets no tile
 */
export function grid(canvas: { width: number; height: number }, count: number): Tile[] {
  const shown = Math.min(count, mostTiles);
  const longSide = Math.ceil(Math.sqrt(shown));
  const shortSide = Math.ceil(shown / longSide);
  const [columns, rows] = canvas.width >= canvas.height ? [longSide, shortSide] : [shortSide, longSide];
  return Array.from({ length: shown }, (_, i) => {
    const [x, width] = span(canvas.width, columns, i % columns);
    const [y, height] = span(canvas.height, rows, Math.floor(i / columns));
    return { x, y, width, height };
  });
}

/** The i-th of `parts` of a side: where it begins and how long it is. */
function span(side: number, parts: number, i: number): [from: number, length: number] {
  const edge = (n: number) => 2 * Math.floor((side * n) / parts / 2);
  return [edge(i), edge(i + 1) - edge(i)];
}
