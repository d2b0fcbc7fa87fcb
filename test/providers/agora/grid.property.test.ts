import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { grid, mostTiles, type Tile } from "../../../src/providers/agora/grid.ts";
import { runs } from "../../support/fast-check.ts";

// What a canvas may be (Agora docs: media-push, restful-type-definition).
const side = fc.integer({ min: 66, max: 1920 });
const canvas = fc.record({ width: side, height: side });
const count = fc.integer({ min: 0, max: 40 });
const cases = fc.tuple(canvas, count);

const overlap = (a: Tile, b: Tile) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("a grid", () => {
  it.each([
    ["1 fills the canvas", 1280, 720, [[0, 0, 1280, 720]]],
    [
      "2 stand side by side in landscape",
      1280,
      720,
      [
        [0, 0, 640, 720],
        [640, 0, 640, 720],
      ],
    ],
    [
      "2 stand one above the other in portrait",
      720,
      1280,
      [
        [0, 0, 720, 640],
        [0, 640, 720, 640],
      ],
    ],
    [
      "3 leave one of four places free",
      1280,
      720,
      [
        [0, 0, 640, 360],
        [640, 0, 640, 360],
        [0, 360, 640, 360],
      ],
    ],
    [
      "odd shares are made even",
      1282,
      722,
      [
        [0, 0, 640, 722],
        [640, 0, 642, 722],
      ],
    ],
  ] as const)("%s", (_what, width, height, tiles) => {
    const expected = tiles.map(([x, y, width, height]) => ({ x, y, width, height }));
    expect(grid({ width, height }, tiles.length)).toEqual(expected);
  });

  it("has a tile for each, up to sixteen", () => {
    fc.assert(
      fc.property(cases, ([canvas, count]) => {
        expect(grid(canvas, count)).toHaveLength(Math.min(count, mostTiles));
      }),
      runs(300),
    );
  });

  it("has whole, even, non-empty tiles inside the canvas", () => {
    fc.assert(
      fc.property(cases, ([canvas, count]) => {
        for (const { x, y, width, height } of grid(canvas, count)) {
          for (const pixels of [x, y, width, height]) expect(pixels % 2).toBe(0);
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(Math.min(width, height)).toBeGreaterThan(0);
          expect(x + width).toBeLessThanOrEqual(canvas.width);
          expect(y + height).toBeLessThanOrEqual(canvas.height);
        }
      }),
      runs(300),
    );
  });

  it("has no two tiles on one another", () => {
    fc.assert(
      fc.property(cases, ([canvas, count]) => {
        const tiles = grid(canvas, count);
        tiles.forEach((tile, i) => {
          for (const other of tiles.slice(i + 1)) expect(overlap(tile, other)).toBe(false);
        });
      }),
      runs(300),
    );
  });

  it("covers the canvas but for free places and an odd last pixel, with tiles that are alike", () => {
    fc.assert(
      fc.property(canvas, fc.integer({ min: 1, max: mostTiles }), (canvas, count) => {
        const tiles = grid(canvas, count);
        const [right, bottom] = [
          Math.max(...tiles.map((t) => t.x + t.width)),
          Math.max(...tiles.map((t) => t.y + t.height)),
        ];
        expect(canvas.width - right).toBeLessThanOrEqual(1);
        expect(canvas.height - bottom).toBeLessThanOrEqual(1);
        const covered = tiles.reduce((sum, { width, height }) => sum + width * height, 0);
        const [columns, rows] = [new Set(tiles.map((t) => t.x)).size, new Set(tiles.map((t) => t.y)).size];
        const free = columns * rows - count;
        expect(free).toBeLessThan(Math.max(columns, rows));
        const [widths, heights] = [tiles.map((t) => t.width), tiles.map((t) => t.height)];
        for (const sizes of [widths, heights]) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2);
        expect(right * bottom - covered).toBeLessThanOrEqual(free * Math.max(...widths) * Math.max(...heights));
      }),
      runs(300),
    );
  });

  it("goes left to right and then down", () => {
    fc.assert(
      fc.property(cases, ([canvas, count]) => {
        const tiles = grid(canvas, count);
        const inOrder = [...tiles].sort((a, b) => a.y - b.y || a.x - b.x);
        expect(tiles).toEqual(inOrder);
      }),
      runs(300),
    );
  });
});
