/**
 * Takes the excess from the flexible columns, a character at a time; what they can't give the last columns lose.
 *
 * @param natural - the widths of all columns
 * @param wanted - the width that a column gives way above, null if it doesn't
 * @param excess - how much wider they are together than the terminal
 */
export function fit(natural: readonly number[], wanted: readonly (number | null)[], excess: number): number[] {
  const widths = [...natural];
  const spare = (at: number) => {
    const [width = 0, above = null] = [widths[at], wanted[at]];
    return above === null || width <= narrowest ? -Infinity : width - above;
  };
  let left = excess;
  for (; left > 0; left--) {
    const most = Math.max(...widths.map((_, at) => spare(at)));
    if (most === -Infinity) break;
    const at = widths.findLastIndex((_, i) => spare(i) === most);
    widths[at] = (widths[at] ?? 0) - 1;
  }
  for (let at = widths.length - 1; at >= 0 && left > 0; at--) {
    const taken = Math.min(widths[at] ?? 0, left);
    widths[at] = (widths[at] ?? 0) - taken;
    left -= taken;
  }
  return widths;
}

/** A column doesn't give way below this. */
const narrowest = 6;
