import { once } from "node:events";

import { Interrupted } from "./failure.ts";

/**
 * Does some work until it is done or the user interrupts. What it was doing then ends when its database closes.
 *
 * @throws {Interrupted} as soon as the signal is aborted
 */
export async function unlessInterrupted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw new Interrupted();
  const settled = new AbortController();
  const interrupted = once(signal, "abort", { signal: settled.signal }).then((): never => {
    throw new Interrupted();
  });
  const working = work();
  // Nobody waits for the one that comes second.
  for (const promise of [working, interrupted]) promise.catch(() => undefined);
  try {
    return await Promise.race([working, interrupted]);
  } finally {
    settled.abort();
  }
}
