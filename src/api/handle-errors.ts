import type { ErrorRequestHandler, RequestHandler } from "express";

import type { Logger } from "../log.ts";
import { problemAnswer, send } from "./answer.ts";
import { isDatabaseUnavailable } from "./database-failure.ts";
import { Problem } from "./problem.ts";
import { recordOf } from "./request-log.ts";

/** The answer where nothing else answers. */
export const answerNotFound: RequestHandler = () => {
  throw new Problem("not_found", "Nothing has this address.");
};

/** The one place where errors become answers. What broke on our side goes into the log and never to the caller. */
export function createErrorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const record = recordOf(request, response, log);
    const problem = toProblem(error, record.id);
    record.code = problem.code;
    if (problem.status >= 500) record.err = error;
    if (response.headersSent) response.destroy();
    else send(response, problemAnswer(problem));
  };
}

function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error;
  // Express's, of a path like /%ZZ.
  if (error instanceof URIError && "status" in error) {
    return new Problem("invalid_path", "The path has a broken percent-encoding.");
  }
  if (isDatabaseUnavailable(error)) {
    return new Problem("unavailable", "The database can't be reached: try again in a moment.", {
      headers: { "retry-after": "5" },
      requestId,
    });
  }
  return new Problem("internal_error", "Something broke on our side. The request's id finds it in our log.", {
    requestId,
  });
}
