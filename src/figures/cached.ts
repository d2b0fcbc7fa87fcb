import { setTimeout as wait } from "node:timers/promises";

/** Something that is read when it is asked for, and not too often. */
export interface Cached<T> {
  /** What was read last, or is read now if that is too old. Null if it can't be read, or not in time. */
  get: () => Promise<T | null>;
  /** Resolves when nothing is being read. */
  idle: () => Promise<void>;
}

/** Prometheus waits 10 s for everything. */
const defaultPatienceMs = 4_000;

/**
 * @param options.freshMs - for so long nothing is read again, whether it was read or failed
 * @param options.onFailed - told of each time that `get` has nothing to give
 * @param options.patienceMs - a `get` waits for so long; a read that takes longer is for the next one
 */
export function createCached<T>(
  read: () => Promise<T>,
  options: { freshMs: number; onFailed: (error: unknown) => void; patienceMs?: number },
): Cached<T> {
  const { freshMs, onFailed, patienceMs = defaultPatienceMs } = options;
  let reading: Promise<T> | null = null;
  let last: { read: Promise<T>; at: number } | null = null;

  function current(): Promise<T> {
    if (reading !== null) return reading;
    if (last !== null && performance.now() - last.at < freshMs) return last.read;
    const now = read().finally(() => {
      last = { read: now, at: performance.now() };
      reading = null;
    });
    return (reading = now);
  }

  return {
    async get() {
      const abort = new AbortController();
      const tooLate = wait(patienceMs, undefined, { signal: abort.signal }).then(() => {
        throw new Error(`no answer within ${patienceMs} ms`);
      });
      tooLate.catch(() => undefined); // that of the abort
      try {
        return await Promise.race([current(), tooLate]);
      } catch (error) {
        onFailed(error);
        return null;
      } finally {
        abort.abort();
      }
    },
    async idle() {
      await reading?.catch(() => undefined);
    },
  };
}
