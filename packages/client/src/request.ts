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
  /** For a page of Tally's own: its browser is signed in to the console, and sends a cookie by itself. */
  isSignedIn?: true;
  /** Instead of the global one. */
  fetch?: (request: Request) => Promise<Response>;
}

/** Sends a request with the caller's key or token. @throws {TallyProblem} if it is refused */
export type Send = (request: Request) => Promise<Response>;

/** @throws if several or none of a key, `getToken` and `isSignedIn` are given */
export function createSend(options: Pick<ClientOptions, "key" | "getToken" | "isSignedIn" | "fetch">): Send {
  const { key, getToken, isSignedIn, fetch = (request: Request) => globalThis.fetch(request) } = options;
  if ([key, getToken, isSignedIn].filter((given) => given !== undefined).length !== 1) {
    throw new TypeError("Give either `key` or `getToken` (or `isSignedIn`, in a page of Tally's own)");
  }
  const tokens = getToken === undefined ? null : createTokens(getToken);

  async function sendWith(credential: string | null, request: Request): Promise<Response> {
    if (credential !== null) request.headers.set("authorization", `Bearer ${credential}`);
    // Without it the cookie counts for nothing: a form of another page can't set it.
    else request.headers.set("x-tally-console", "1");
    const response = await fetch(request);
    if (response.ok || response.status === 304) return response;
    throw await problemOf(response);
  }

  return async (request) => {
    if (tokens === null) return sendWith(key ?? null, request);
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
