import type { PromiseName } from "./promises.ts";

/** One span of time in which something was so. */
export interface Spell {
  name: PromiseName;
  from: number;
  to: number;
}

/** Watches conditions as time goes on, and keeps the longest spell of each. */
export class Watch {
  readonly longest = new Map<PromiseName, Spell>();
  private readonly since = new Map<PromiseName, number>();

  /** @param key - told apart from other spells of the same kind */
  see(name: PromiseName, holds: boolean, now: number): void {
    const from = this.since.get(name);
    if (holds && from === undefined) this.since.set(name, now);
    if (holds || from === undefined) return;
    this.since.delete(name);
    const known = this.longest.get(name);
    if (known === undefined || now - from > known.to - known.from) this.longest.set(name, { name, from, to: now });
  }

  end(now: number): void {
    for (const name of this.since.keys()) this.see(name, false, now);
  }
}
