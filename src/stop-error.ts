/** This process has ended, but not everything in order. */
export class StopError extends Error {
  override name = "StopError";

  /** @param what - could not be closed, and why */
  constructor(what: string) {
    super(
      `Tally has stopped, but not in order: ${what}. ` +
        "Nobody's broadcast was ended; whatever this process had in hand, the next one takes over within 15 s.",
    );
  }
}
