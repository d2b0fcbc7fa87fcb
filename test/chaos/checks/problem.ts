/** A guarantee that did not hold. */
export interface Problem {
  /** Its name; null if it is about none in particular. */
  channel: string | null;
  words: string;
}
