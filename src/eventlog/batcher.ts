import { apart } from "../traces/index.ts";

/** Collects what is added while a run is in flight and hands it to the next one. */
export interface Batcher<Item> {
  add(item: Item): void;
  /** Resolves when nothing is in flight and nothing waits. */
  idle(): Promise<void>;
}

/**
 * @param work - never called twice at a time; must not reject
 * @param most - items in one batch
 */
export function createBatcher<Item>(work: (batch: Item[]) => Promise<void>, most: number): Batcher<Item> {
  const waiting: Item[] = [];
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (waiting.length > 0) await work(waiting.splice(0, most));
    running = null;
  }

  return {
    add(item) {
      waiting.push(item);
      running ??= apart(run);
    },
    async idle() {
      while (running !== null) await running;
    },
  };
}
