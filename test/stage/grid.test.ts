import { expect, it } from "vitest";

import { gridOf, seatOrder } from "../../src/stage/page/grid.ts";

it.each([
  [0, 1, 1],
  [1, 1, 1],
  [2, 2, 1],
  [3, 2, 2],
  [4, 2, 2],
  [5, 3, 2],
  [7, 3, 3],
  [17, 5, 4],
])("%i people sit in a grid of %i by %i", (people, long, short) => {
  expect(gridOf(people)).toEqual({ long, short });
});

it("the host sits first, the others by uid, however they came", () => {
  const people = new Map([900, 7, 1001, 30].map((uid) => [uid, uid]));
  expect(seatOrder(people, 1001)).toEqual([1001, 7, 30, 900]);
  expect(seatOrder(people, null)).toEqual([7, 30, 900, 1001]);
});
