/** Why the service can't start, where a person can mend it: the message says how, and a stack would only hide it. */
export class StartError extends Error {
  override name = "StartError";
}
