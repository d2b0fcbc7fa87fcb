import { createDeferred, type Deferred } from "./deferred.ts";

/** Runs work by key: never twice at a time for one key, and for no more than so many keys. */
export interface Coalescer<Key, Result> {
  /**
   * Resolves with a run that begins after this call: of what is asked for while one runs, one more covers all.
   *
   * @throws what the run throws
   */
  request: (key: Key) => Promise<Result>;
  /** Whether a run for this key is under way or asked for. */
  has: (key: Key) => boolean;
  /** Resolves when nothing runs and nothing waits. */
  idle: () => Promise<void>;
}

/** @param concurrency - keys at a time; the rest waits in the order in which it was asked for */
export function createCoalescer<Key, Result>(
  run: (key: Key) => Promise<Result>,
  concurrency: number,
): Coalescer<Key, Result> {
  const waiting = new Map<Key, Deferred<Result>>();
  const running = new Set<Key>();
  let whenIdle: (() => void)[] = [];

  function startNext(): void {
    for (const [key, deferred] of waiting) {
      if (running.size >= concurrency) return;
      if (running.has(key)) continue;
      waiting.delete(key);
      running.add(key);
      void start(key, deferred);
    }
    if (running.size > 0) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  }

  async function start(key: Key, { resolve, reject }: Deferred<Result>): Promise<void> {
    try {
      resolve(await run(key));
    } catch (error) {
      reject(error);
    } finally {
      running.delete(key);
      startNext();
    }
  }

  return {
    request(key) {
      const known = waiting.get(key);
      if (known !== undefined) return known.promise;
      const deferred = createDeferred<Result>();
      waiting.set(key, deferred);
      startNext();
      return deferred.promise;
    },
    has: (key) => waiting.has(key) || running.has(key),
    idle: () =>
      waiting.size + running.size === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve)),
  };
}
