const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The waits after the first, second … failed attempt; the last one goes on. */
const delaysMs = [5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour];
/** What can't be delivered for a day is given up. */
const longestMs = 24 * hour;
/** Retries that failed together don't come back together. */
const jitter = 0.2;

/**
 * The wait before the next attempt: 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, then every 4 h, each up to a fifth
 * longer; some twelve attempts in all.
 *
 * @param failed.attempts - failed ones so far, at least 1
 * @param failed.forMs - since the first one was due
 * @param failed.retryAfterMs - what the receiver asked for, if anything: waited for if it is longer
 * @param random - from 0 to 1
 * @returns milliseconds; null if that would be a day after the first one was due: given up
 */
export function retryDelayMs(
  failed: { attempts: number; forMs: number; retryAfterMs: number | null },
  random: number = Math.random(),
): number | null {
  const own = delaysMs[Math.min(failed.attempts, delaysMs.length) - 1] ?? 0;
  const delay = Math.max(Math.round(own * (1 + jitter * random)), failed.retryAfterMs ?? 0);
  return failed.forMs + delay > longestMs ? null : delay;
}
