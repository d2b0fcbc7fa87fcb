/** What a failed statement means for whoever sent it. */
export type FailureKind =
  /** A value that the table can't hold: the same rows fail again, the others of the batch don't. */
  | "data"
  /** Another transaction was in the way: again at once. */
  | "conflict"
  /** No connection, or the server can't serve now. Anything unknown counts as this. */
  | "unavailable";

/** PostgreSQL's error classes (documentation, appendix A). */
const dataClasses: readonly string[] = [
  "22", // data exception: 22P02 and 22P05 are JSON with \u0000 or half a surrogate pair, 22021 text with a zero byte
  "23", // a constraint
  "54", // larger than Postgres can hold
];
const conflicts: readonly string[] = ["40001", "40P01"];

export function kindOfFailure(error: unknown): FailureKind {
  const code = sqlState(error);
  if (code === null) return "unavailable";
  if (conflicts.includes(code)) return "conflict";
  return dataClasses.includes(code.slice(0, 2)) ? "data" : "unavailable";
}

/** Tries of a transaction that others are in the way of. */
const conflictTries = 3;

/**
 * Runs a transaction again that ended in a deadlock or could not be serialized: the database rolled it back, and the
 * others have gone on. Its work must begin anew each time.
 */
export async function retryConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if (kindOfFailure(error) !== "conflict" || tries === conflictTries) throw error;
    }
  }
}

function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" && error.code.length === 5 ? error.code : null;
}
