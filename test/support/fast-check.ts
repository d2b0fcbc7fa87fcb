/**
 * The settings of a property's run. fast-check prints the seed and the smallest case of a failure: `FAST_CHECK_SEED`
 * repeats it.
 *
 * @param numRuns - cases
 */
export function runs(numRuns: number): { numRuns: number; seed?: number } {
  const seed = process.env.FAST_CHECK_SEED;
  return seed === undefined || seed === "" ? { numRuns } : { numRuns, seed: Number(seed) };
}
