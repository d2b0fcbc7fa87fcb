import type { ErrorRequestHandler, RequestHandler } from "express";

import type { Logger } from "../log.ts";
import { problemAnswer, send } from "./answer.ts";
import { Problem } from "./problem.ts";
import { recordOf } from "./request-log.ts";
import { toProblem } from "./to-problem.ts";

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
    if (problem.why !== undefined) record.why = problem.why;
    if (problem.status >= 500) record.err = problem.cause ?? problem;
    if (response.headersSent) response.destroy();
    else send(response, problemAnswer(problem));
  };
}
