/** `failed`: Tally doesn't work like this. `warning`: it does, but somebody should look. `skipped`: it can't be known. */
export type State = "ok" | "warning" | "failed" | "skipped";

/** What a check found. */
export interface Outcome {
  state: State;
  says: string;
  /** What to do about it; null if there is nothing to do. */
  todo: string | null;
}

export interface Finding extends Outcome {
  check: string;
  /** How long it took, milliseconds. */
  ms: number;
}

export interface Check {
  name: string;
  /** May find several things. What it throws is a failed finding. */
  look: (signal: AbortSignal) => Promise<Outcome | Outcome[]>;
}

export const ok = (says: string): Outcome => ({ state: "ok", says, todo: null });
export const warning = (says: string, todo: string): Outcome => ({ state: "warning", says, todo });
export const failed = (says: string, todo: string): Outcome => ({ state: "failed", says, todo });
export const skipped = (says: string): Outcome => ({ state: "skipped", says, todo: null });
