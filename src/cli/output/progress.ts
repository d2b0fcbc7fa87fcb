import type { Io } from "../io.ts";

export interface Progress {
  /** So many more are done. Ends the command if the user has interrupted it. */
  add: (done: number) => void;
  /** Takes the bar away, so that something else can be written. */
  clear: () => void;
  /** How many are done, and in how many seconds. */
  sum: () => { done: number; seconds: number };
}

const barWidth = 24;
/** Between two drawings; a terminal at the other end of a slow line takes no more. */
const drawMs = 100;

/**
 * A bar on the terminal, if there is one: `[######------]  25 %  1,250 of 5,000 events  4,100/s`.
 *
 * @param total - how many there will be, about; there may turn out to be more; null: nobody knows
 */
export function createProgress(io: Io, total: number | null, noun: string): Progress {
  const startedAt = performance.now();
  let done = 0;
  let drawnAt = startedAt;

  function draw(seconds: number): void {
    const speed = `${number(done / seconds)}/s`;
    if (total === null) {
      io.progress?.(`${number(done)} ${noun}  ${speed}`);
      return;
    }
    const share = Math.min(1, done / total);
    const filled = Math.floor(share * barWidth);
    const bar = `[${"#".repeat(filled)}${"-".repeat(barWidth - filled)}]`;
    const percent = String(Math.floor(share * 100)).padStart(3);
    io.progress?.(`${bar} ${percent} %  ${number(done)} of ${number(total)} ${noun}  ${speed}`);
  }

  return {
    add(more) {
      io.signal.throwIfAborted();
      done += more;
      const now = performance.now();
      if (now - drawnAt < drawMs) return;
      drawnAt = now;
      draw((now - startedAt) / 1000);
    },
    clear: () => io.progress?.(""),
    sum: () => ({ done, seconds: (performance.now() - startedAt) / 1000 }),
  };
}

/** Of fewer, how many a second they were says nothing. */
const manyFrom = 1_000;

/** How much was done: `1 event in 0.1 s`, and of much how fast: `1,250 events in 0.3 s, 4,100 a second`. */
export function describeSpeed({ sum }: Progress, noun: string, nouns = `${noun}s`): string {
  const { done, seconds } = sum();
  const words = `${number(done)} ${done === 1 ? noun : nouns} in ${seconds.toFixed(1)} s`;
  return done < manyFrom ? words : `${words}, ${number(done / seconds)} a second`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
