import { reasonOf } from "./reason-of.ts";

export type Closer = () => Promise<void> | void;

/** What is open, in the order in which it was opened. */
export interface Closers {
  /** Whoever opens a thing says on the next line how to close it. */
  add(name: string, close: Closer): void;
  /**
   * Closes everything, last opened first, whatever goes wrong on the way.
   *
   * @throws AggregateError of all that went wrong, each naming what could not be closed and why; so does its message
   */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const open: { name: string; close: Closer }[] = [];
  return {
    add(name, close) {
      open.push({ name, close });
    },
    async closeAll() {
      const failures: Error[] = [];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        try {
          await next.close();
        } catch (error) {
          failures.push(new Error(`${next.name} could not be closed (${reasonOf(error)})`, { cause: error }));
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, failures.map(reasonOf).join("; "));
    },
  };
}
