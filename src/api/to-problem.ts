import { isDatabaseUnavailable } from "./database-failure.ts";
import { Problem } from "./problem.ts";

/**
 * What a caller is told of an error.
 *
 * @param requestId - by which the log is searched for what broke
 */
export function toProblem(error: unknown, requestId?: string): Problem {
  if (error instanceof Problem) return error;
  // Express's, of a path like /%ZZ.
  if (error instanceof URIError && "status" in error) {
    return new Problem("invalid_path", "The path has a broken percent-encoding.");
  }
  const members = { cause: error, ...(requestId === undefined ? {} : { requestId }) };
  if (isDatabaseUnavailable(error)) {
    return new Problem("unavailable", "The database can't be reached: try again in a moment.", {
      headers: { "retry-after": "5" },
      ...members,
    });
  }
  return new Problem("internal_error", "Something broke on our side. The request's id finds it in our log.", members);
}
