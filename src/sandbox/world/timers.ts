/** Everything that happens later in one world; closing it makes sure that nothing does. */
export interface Timers {
  /**
   * Runs `run` after `ms` milliseconds times the pace.
   *
   * @returns cancels it; harmless when it has run
   */
  after(ms: number, run: () => void): () => void;
  /** Resolves after `ms` milliseconds times the pace; never, if the timers are closed before. */
  pause(ms: number): Promise<void>;
  /** As `pause`, in real milliseconds. */
  pauseExactly(ms: number): Promise<void>;
  /** Cancels all, and what is asked for afterwards never runs. */
  close(): void;
}

/** Node fires a longer timer at once instead of late. */
const longestTimeoutMs = 2 ** 31 - 1;

/** @param pace - read whenever a timer is set: later changes of the pace leave it alone */
export function createTimers(pace: () => number): Timers {
  const pending = new Set<NodeJS.Timeout>();
  let closed = false;

  function afterExactly(ms: number, run: () => void): () => void {
    if (closed) return () => undefined;
    const step = Math.min(ms, longestTimeoutMs);
    let cancelRest: (() => void) | null = null;
    const timer = setTimeout(() => {
      pending.delete(timer);
      if (ms > step) cancelRest = afterExactly(ms - step, run);
      else run();
    }, step);
    pending.add(timer);
    return () => {
      clearTimeout(timer);
      pending.delete(timer);
      cancelRest?.();
    };
  }

  return {
    after: (ms, run) => afterExactly(ms * pace(), run),
    pause: (ms) => new Promise((resolve) => afterExactly(ms * pace(), resolve)),
    pauseExactly: (ms) => new Promise((resolve) => afterExactly(ms, resolve)),
    close() {
      closed = true;
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}
