/** Resolves after so long, or as soon as one of the signals is aborted. */
export function wait(ms: number, ...signals: AbortSignal[]): Promise<unknown> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", end);
      resolve(undefined);
    };
    const timer = setTimeout(end, ms);
    for (const signal of signals) signal.addEventListener("abort", end);
    if (signals.some(({ aborted }) => aborted)) end();
  });
}

/** Waits that double, from 1 s to 5 s: whoever asks again forever should neither hammer nor be late. */
export function createWaits(): { next: () => number } {
  let ms = 500;
  return { next: () => (ms = Math.min(ms * 2, 5_000)) };
}
