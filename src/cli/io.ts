import type { Readable } from "node:stream";

/** What a command knows of the process that it runs in. */
export interface Io {
  env: NodeJS.ProcessEnv;
  /** Writes what was asked for. */
  out: (text: string) => void;
  /** Resolves when what was written to `out` has gone on, so that a long output isn't kept in memory. */
  drained: () => Promise<void>;
  /** What is piped in. */
  input: Readable;
  /** Writes everything else: errors, hints, questions, logs. */
  err: (text: string) => void;
  /** Shows how far something is, in place of what it showed before; null when nobody looks on. */
  progress: ((line: string) => void) | null;
  /** Width of the terminal, in characters. */
  columns: number;
  colour: boolean;
  /** Asks a question that is answered with yes or no; null when nobody is there to answer. */
  ask: ((question: string) => Promise<boolean>) | null;
  now: () => Date;
  /** Aborted when the user interrupts the command. */
  signal: AbortSignal;
}
