/** That this process is to end, as soon as it is asked to. */
export interface Stopping {
  signal: AbortSignal;
  /** Resolves with the signal's name. */
  asked: Promise<NodeJS.Signals>;
}

/** npm hands its own Ctrl-C on, so that one key arrives twice within milliseconds. */
const secondThoughtMs = 500;

/**
 * SIGTERM and SIGINT end this process and nothing else: whoever broadcasts goes on, and the next process takes over
 * from the database. Whoever stops a group of processes may send SIGTERM to each and again through npm, so another one
 * changes nothing; ending takes a bounded time anyway. A second Ctrl-C is a person's, and ends it at once.
 */
export function stopOnSignals(): Stopping {
  const controller = new AbortController();
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    let firstAt: number | null = null;
    const onSignal = (signal: NodeJS.Signals) => {
      firstAt ??= performance.now();
      if (signal === "SIGINT" && performance.now() - firstAt > secondThoughtMs) process.exit(1);
      controller.abort();
      resolve(signal);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
  return { signal: controller.signal, asked };
}
