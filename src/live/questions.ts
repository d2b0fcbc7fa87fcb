/** A question that brought no answer, or none to go by, is asked again after this. */
export const askAgainMs = 30_000;
