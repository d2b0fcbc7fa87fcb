/** Which of a counter's numbers were heard. What it adds up to doesn't depend on the order in which they came. */
export interface Heard {
  /** From the first number that must have been sent to the highest heard. */
  from: number;
  to: number;
  /** Ranges in between that were not heard, ascending; the last ones. */
  missing: [first: number, last: number][];
  /** How many numbers were not heard, those included that `missing` has forgotten. */
  missed: number;
}

/** Ranges that are remembered, so that a late number finds its own. */
const rangesMost = 20;

/**
 * Notes that a number was heard.
 *
 * @param known - undefined for the first
 * @param options.countsFromZero - whether lower numbers than the first heard were sent; if not known, false
 * @returns what is heard now, and a note for people when that reveals or closes a gap
 */
export function hear(
  known: Heard | undefined,
  number: number,
  { countsFromZero }: { countsFromZero: boolean },
): { heard: Heard | undefined; note: string | null } {
  if (!Number.isSafeInteger(number) || number < 0) return { heard: known, note: null };
  const from = countsFromZero ? 0 : number;
  const { from: start, to, missing, missed } = known ?? { from, to: from - 1, missing: [], missed: 0 };

  const gap: [number, number] = number > to ? [to + 1, number - 1] : [number + 1, start - 1];
  if (number > to || number < start) {
    const reach = { from: Math.min(start, number), to: Math.max(to, number) };
    if (gap[0] > gap[1]) return { heard: { ...reach, missing, missed }, note: null };
    return {
      heard: { ...reach, missing: newest([...missing, gap]), missed: missed + gap[1] - gap[0] + 1 },
      note: `sequence ${inWords(gap)} not seen`,
    };
  }

  const closed = missing.find(([first, last]) => first <= number && number <= last);
  if (closed === undefined) return { heard: { from: start, to, missing, missed }, note: null };
  const parts: [number, number][] = [
    [closed[0], number - 1],
    [number + 1, closed[1]],
  ];
  const left = missing.flatMap((range) =>
    range === closed ? parts.filter(([first, last]) => first <= last) : [range],
  );
  return {
    heard: { from: start, to, missing: newest(left), missed: missed - 1 },
    note: `sequence ${number} was not seen until now`,
  };
}

function newest(ranges: [number, number][]): [number, number][] {
  return ranges.sort(([a], [b]) => a - b).slice(-rangesMost);
}

function inWords([first, last]: [number, number]): string {
  return first === last ? String(first) : `${first}-${last}`;
}
