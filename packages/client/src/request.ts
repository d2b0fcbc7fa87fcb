import { problemOf, TallyProblem } from "./problem.ts";

export interface ClientOptions {
  /** Where the service is, such as `https://tally.example`. */
  baseUrl: string;
  /** A key, for a server. Never give a key to a browser. */
  key?: string;
  /**
   * Gives a token, for a browser: a status token or a JWT of the app's own. It is asked for the first one, and for another
   * when the service refuses the last.
   */
  getToken?: () => string | Promise<string>;
  /** Instead of the global one. */
  fetch?: (request: Request) => Promise<Response>;
}

/** Sends a request with the caller's key or token. @throws {TallyProblem} if it is refused */
export type Send = (request: Request) => Promise<Response>;

/** @throws if both or neither of a key and `getToken` are given */
export function createSend(options: Pick<ClientOptions, "key" | "getToken" | "fetch">): Send {
  const { key, getToken, fetch = (request: Request) => globalThis.fetch(request) } = options;
  if ((key === undefined) === (getToken === undefined)) throw new TypeError("Give either `key` or `getToken`");
  const tokens = getToken === undefined ? null : createTokens(getToken);

  async function sendWith(credential: string, request: Request): Promise<Response> {
    request.headers.set("authorization", `Bearer ${credential}`);
    const response = await fetch(request);
    if (response.ok || response.status === 304) return response;
    throw await problemOf(response);
  }

  return async (request) => {
    if (tokens === null) return sendWith(key ?? "", request);
    const token = await tokens.current();
    try {
      return await sendWith(token, request.clone());
    } catch (error) {
      if (!(error instanceof TallyProblem && error.status === 401)) throw error;
      return sendWith(await tokens.after(token), request);
    }
  };
}

/** Keeps the app's token until it is refused. Whoever needs one at the same time shares the next. */
function createTokens(getToken: () => string | Promise<string>) {
  let kept: string | null = null;
  let underWay: Promise<string> | null = null;

  function next(): Promise<string> {
    underWay ??= Promise.resolve()
      .then(getToken)
      .then((token) => (kept = token))
      .finally(() => (underWay = null));
    return underWay;
  }

  return {
    current: async () => kept ?? next(),
    /** The token that takes a refused one's place. */
    after: async (refused: string) => (kept === null || kept === refused ? next() : kept),
  };
}
