import { reasonOf } from "../reason-of.ts";
import { type Check, failed, type Finding, type Outcome } from "./check.ts";

/**
 * Runs all checks at once, each for a bounded time, and tells what they found in their order. One that fails or hangs
 * keeps none of the others from its answer.
 *
 * @param timeoutMs - for each check
 */
export async function runChecks(checks: readonly Check[], timeoutMs: number): Promise<Finding[]> {
  const found = await Promise.all(checks.map((check) => runCheck(check, timeoutMs)));
  return found.flat();
}

async function runCheck({ name, look }: Check, timeoutMs: number): Promise<Finding[]> {
  const startedAt = performance.now();
  const outcomes = await within(timeoutMs, look);
  const ms = Math.round(performance.now() - startedAt);
  return outcomes.map((outcome) => ({ check: name, ...outcome, ms }));
}

async function within(timeoutMs: number, look: Check["look"]): Promise<Outcome[]> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Outcome>((resolve) => {
    timer = setTimeout(
      () => resolve(failed(`no answer within ${timeoutMs / 1000} s`, "Look at what lies between.")),
      timeoutMs,
    );
  });
  try {
    const outcome = await Promise.race([look(over.signal), tooLate]);
    return Array.isArray(outcome) ? outcome : [outcome];
  } catch (error) {
    return [failed(reasonOf(error), "tally doctor --verbose shows more.")];
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
