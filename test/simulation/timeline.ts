import TinyQueue from "tinyqueue";

interface Item {
  at: number;
  order: number;
  run: () => void;
}

/** Virtual time: what is to happen, in order. Nothing in it waits for a real clock. */
export class Timeline {
  now: number;
  /** Called after everything that happened, one by one. */
  afterEach: () => void = () => undefined;
  private readonly queue = new TinyQueue<Item>([], (a, b) => a.at - b.at || a.order - b.order);
  private order = 0;
  private mustSettle = false;

  constructor(now: number) {
    this.now = now;
  }

  after(ms: number, run: () => void): void {
    this.queue.push({ at: this.now + Math.max(0, ms), order: this.order++, run });
  }

  /** Something runs that awaits: it comes as far as it can before time goes on. */
  awaits(): void {
    this.mustSettle = true;
  }

  /**
   * Runs until nothing is left to happen.
   *
   * @returns false if that would be later than `until`
   */
  async run(until: number): Promise<boolean> {
    for (let next = this.queue.pop(); next !== undefined; next = this.queue.pop()) {
      if (next.at > until) return false;
      this.now = next.at;
      next.run();
      if (this.mustSettle) {
        this.mustSettle = false;
        await microtasksDone();
      }
      this.afterEach();
    }
    return true;
  }
}

/** A turn of the event loop begins only when no promise has anything left to do. */
function microtasksDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
