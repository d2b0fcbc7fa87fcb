import type { Logger } from "../log.ts";

/** Gathers things and writes them a moment later, many at a time. */
export interface Keeper {
  /** There is something to write. Neither waits nor throws. */
  nudge(): void;
  /** Writes what is left, once. */
  close(): Promise<void>;
}

export interface KeeperOptions {
  log: Logger;
  /** How long things are gathered before they are written. */
  delayMs: number;
}

/** After a write that failed. */
const againMs = 5_000;

/**
 * For what is kept for people only, beside the work: nobody waits for it, and a write that fails is a line in the log and
 * tried again later.
 *
 * @param what - for the log
 * @param write - writes all that there is; what it could not write it keeps, within bounds, and throws
 */
export function createKeeper(what: string, write: () => Promise<void>, { log, delayMs }: KeeperOptions): Keeper {
  let timer: NodeJS.Timeout | null = null;
  let last = Promise.resolve();
  let isClosed = false;

  async function run(): Promise<void> {
    try {
      await write();
    } catch (error) {
      log.warn({ err: error, what }, "journal.not_written");
      schedule(againMs);
    }
  }

  function schedule(ms: number): void {
    if (isClosed) return;
    timer ??= setTimeout(() => {
      timer = null;
      last = last.then(run);
    }, ms).unref();
  }

  return {
    nudge: () => schedule(delayMs),
    close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      return (last = last.then(run));
    },
  };
}
