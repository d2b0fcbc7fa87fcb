/**
 * How many tiles go side by side along the longer side of the window, and how many along the shorter: 1 full, 2 beside
 * each other (one above the other if it stands upright), then as square as it gets.
 */
export function gridOf(tiles: number): { long: number; short: number } {
  const long = Math.max(1, Math.ceil(Math.sqrt(tiles)));
  return { long, short: Math.max(1, Math.ceil(tiles / long)) };
}

/** The host first, then by uid: the same people always sit in the same places. */
export function seatOrder<T>(people: Map<number, T>, hostUid: number | null): T[] {
  const rank = (uid: number) => (uid === hostUid ? -1 : uid);
  return [...people].sort(([a], [b]) => rank(a) - rank(b)).map(([, person]) => person);
}
