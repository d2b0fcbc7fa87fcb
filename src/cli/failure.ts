/** A command could not do what it was asked for: exit 1. The message is all that the user sees, and says what to do. */
export class Failure extends Error {
  override name = "Failure";
}

/** The user interrupted the command: exit 130. */
export class Interrupted extends Error {
  override name = "Interrupted";
}
