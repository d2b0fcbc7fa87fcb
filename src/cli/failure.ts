/** A command could not do what it was asked for: exit 1. The message is all that the user sees, and says what to do. */
export class Failure extends Error {
  override name = "Failure";
}

/** The user interrupted the command: exit 130. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/** The words of any error, in one line; a failed connection to several addresses has its words within. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? error.name : error.message;
}
