import type { Problem } from "./openapi.ts";

export type ProblemCode = Problem["code"];

/** Why the service refused a request, or failed. `code` keeps its meaning; `message` is a sentence for people. */
export class TallyProblem extends Error {
  override readonly name = "TallyProblem";
  /** Other than these codes, a later service may have further ones. */
  readonly code: ProblemCode;
  /** The HTTP status. */
  readonly status: number;
  /** What is wrong with each part of the request, for `invalid_request`. */
  readonly errors: readonly { path: string; message: string }[];
  /** By which the service's log is searched. */
  readonly requestId: string | null;
  /** The service asks for this wait before the next try, in ms. */
  readonly retryAfterMs: number | null;

  constructor({ code, status, detail, errors = [] }: Problem, headers: Headers) {
    super(detail);
    this.code = code;
    this.status = status;
    this.errors = errors;
    this.requestId = headers.get("x-request-id");
    const seconds = Number(headers.get("retry-after") ?? NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : null;
  }
}

/** An answer that is none of the service's own: a proxy's, or another server's. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
  /** The HTTP status. */
  readonly status: number;

  constructor(response: Response) {
    super(`${new URL(response.url).origin} answered HTTP ${response.status}, and not as Tally does`);
    this.status = response.status;
  }
}

/** What an answer tells that is no success. */
export async function problemOf(response: Response): Promise<TallyProblem | UnexpectedAnswer> {
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) {
    await response.body?.cancel();
    return new UnexpectedAnswer(response);
  }
  return new TallyProblem((await response.json()) as Problem, response.headers);
}
