import { type Principal, type Scope, scopes } from "./principal.ts";
import { Problem } from "./problem.ts";

/** Who may call a route. Which channels are there for them is another question: `reaches`. */
export interface Access {
  /** What a caller needs. */
  scope: Scope;
  /** Status tokens may call it, and a seller's JWT may be in its address. */
  acceptsToken?: true;
  /** Only those with a key may, whom nothing keeps from any channel. */
  keysOnly?: true;
}

/**
 * Whether somebody may call a route; that doesn't depend on what there is, so that a refusal tells nothing of it.
 *
 * @throws {Problem} `forbidden` if not
 */
export function authorize(principal: Principal, { scope, acceptsToken, keysOnly }: Access): void {
  const { reach, isByAddress = false } = principal;
  if (reach.kind === "channel" && !acceptsToken) {
    throw new Problem("forbidden", "A status token reads the status of its channel, and nothing else.");
  }
  if (isByAddress && !acceptsToken) {
    throw new Problem("forbidden", "Here a token must be in the header Authorization, not in the address.");
  }
  if (scopes.indexOf(principal.scope) < scopes.indexOf(scope)) {
    throw new Problem("forbidden", `This needs the scope ${scope}, and yours is ${principal.scope}.`);
  }
  if (keysOnly && reach.kind !== "all") throw new Problem("forbidden", "This needs an API key.");
}
