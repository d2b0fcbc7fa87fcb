/** Every way in which the API, or the stage, refuses or fails. Apps tell them apart by the code, so a code keeps its meaning. */
const problems = {
  invalid_request: { status: 400, title: "Bad Request" },
  invalid_json: { status: 400, title: "Bad Request" },
  invalid_body: { status: 400, title: "Bad Request" },
  invalid_path: { status: 400, title: "Bad Request" },
  unauthenticated: { status: 401, title: "Unauthorized" },
  token_expired: { status: 401, title: "Unauthorized" },
  forbidden: { status: 403, title: "Forbidden" },
  stage_token_invalid: { status: 403, title: "Forbidden" },
  stage_token_expired: { status: 403, title: "Forbidden" },
  stage_token_superseded: { status: 403, title: "Forbidden" },
  stage_session_ended: { status: 403, title: "Forbidden" },
  not_found: { status: 404, title: "Not Found" },
  channel_unknown: { status: 404, title: "Not Found" },
  session_unknown: { status: 404, title: "Not Found" },
  event_unknown: { status: 404, title: "Not Found" },
  effect_unknown: { status: 404, title: "Not Found" },
  endpoint_unknown: { status: 404, title: "Not Found" },
  method_not_allowed: { status: 405, title: "Method Not Allowed" },
  channel_id_taken: { status: 409, title: "Conflict" },
  channel_id_mismatch: { status: 409, title: "Conflict" },
  effect_not_dead: { status: 409, title: "Conflict" },
  effect_not_wanted: { status: 409, title: "Conflict" },
  effect_still_wanted: { status: 409, title: "Conflict" },
  session_not_open: { status: 409, title: "Conflict" },
  endpoint_disabled: { status: 409, title: "Conflict" },
  stage_in_use: { status: 409, title: "Conflict" },
  too_large: { status: 413, title: "Content Too Large" },
  replay_too_large: { status: 422, title: "Unprocessable Content" },
  unsupported_media_type: { status: 415, title: "Unsupported Media Type" },
  too_many_failures: { status: 429, title: "Too Many Requests" },
  internal_error: { status: 500, title: "Internal Server Error" },
  too_many_streams: { status: 503, title: "Service Unavailable" },
  unavailable: { status: 503, title: "Service Unavailable" },
} as const;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as ProblemCode[];

/** What is wrong with one member of a request; `path` is empty for the whole. */
export interface InputError {
  path: string;
  message: string;
}

type ProblemOptions = Problem["members"] & {
  headers?: Record<string, string>;
  why?: string | undefined;
  cause?: unknown;
};

/** Thrown for an answer that is a problem. All of it is shown to the caller, but for `why` and `cause`. */
export class Problem extends Error {
  override name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Members of the document beside the standard ones. */
  readonly members: { errors?: InputError[]; requestId?: string };
  /** What the log says beside it. */
  readonly why: string | undefined;

  /** @param detail - a sentence for people: what is wrong, and what to do about it */
  constructor(code: ProblemCode, detail: string, { headers = {}, why, cause, ...members }: ProblemOptions = {}) {
    super(detail, cause === undefined ? {} : { cause });
    this.code = code;
    this.status = problems[code].status;
    this.headers = headers;
    this.members = members;
    this.why = why;
  }

  /** The problem document of RFC 9457, with a stable `code`. */
  toBody() {
    const { title, status } = problems[this.code];
    return { type: "about:blank" as const, title, status, code: this.code, detail: this.message, ...this.members };
  }
}
