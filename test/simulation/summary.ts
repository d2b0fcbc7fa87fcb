import type { Evening } from "./evening.ts";
import { type PromiseName, promises } from "./promises.ts";

/** Progress is shown so often. */
const progressMs = 500;

interface Longest {
  quiet: number;
  any: number;
}

/** What many evenings come to. */
export class Summary {
  private evenings = 0;
  private events = 0;
  private quiet = 0;
  private readonly seconds = { withHost: 0, withoutHost: 0, unreachable: 0 };
  private readonly longest = new Map<PromiseName, Longest>();
  private readonly total: number;
  private readonly startedAt = performance.now();
  private shownAt = 0;

  /** @param total - evenings that are to be played */
  constructor(total: number) {
    this.total = total;
  }

  add({ observer, service, allowedSeconds }: Evening): void {
    const isQuiet = allowedSeconds === 0;
    this.evenings += 1;
    this.events += service.log.length;
    if (isQuiet) this.quiet += 1;
    this.seconds.withHost += observer.seconds.withHost;
    this.seconds.withoutHost += observer.seconds.withoutHost;
    this.seconds.unreachable += observer.seconds.unreachable;
    for (const [name, { from, to }] of observer.watch.longest) {
      const known = this.longest.get(name) ?? { quiet: 0, any: 0 };
      const lasted = (to - from) / 1000;
      known.any = Math.max(known.any, lasted);
      if (isQuiet) known.quiet = Math.max(known.quiet, lasted);
      this.longest.set(name, known);
    }
  }

  progress(write: (text: string) => void): void {
    const now = performance.now();
    if (now - this.shownAt < progressMs) return;
    this.shownAt = now;
    write(`\r${this.evenings} of ${this.total} evenings, ${this.perSecond()} a second `);
    if (this.evenings === this.total) write("\n");
  }

  table(): string {
    const { withHost, withoutHost, unreachable } = this.seconds;
    const lines = Object.values(promises).map(({ name, words, seconds }) => {
      const { quiet, any } = this.longest.get(name) ?? { quiet: 0, any: 0 };
      return `  ${padded(seconds)} ${padded(quiet)} ${padded(any)}   ${words}`;
    });
    const each = (seconds: number) => (seconds / this.evenings).toFixed(1);
    return [
      `${this.evenings} evenings (${this.quiet} without any trouble), ${this.events} events, ${this.perSecond()} evenings a second`,
      `recorder seconds an evening: ${each(withHost)} with a host, ${each(withoutHost)} without, grace and stop included`,
      `  of those, ${each(unreachable)} of recorders of which every message was lost: nothing can stop them`,
      "longest, in seconds",
      "  allowed  no trouble  any trouble",
      ...lines,
    ].join("\n");
  }

  private perSecond(): number {
    return Math.round((this.evenings / (performance.now() - this.startedAt)) * 1000);
  }
}

function padded(seconds: number): string {
  return seconds.toFixed(1).padStart(9);
}
