import type { z } from "zod";

import { type InputError, Problem } from "./problem.ts";

/**
 * Reads a part of a request.
 *
 * @param schema - what it may be
 * @throws {Problem} `invalid_request`, naming every member that doesn't fit
 */
export function readInput<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidRequest(result.error.issues.flatMap(toErrors));
}

export function invalidRequest(errors: InputError[]): Problem {
  const detail = errors.map(({ path, message }) => (path === "" ? message : `${path} ${message}`)).join("; ");
  return new Problem("invalid_request", `${detail}.`, { errors });
}

function toErrors(issue: z.core.$ZodIssue): InputError[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [{ path: path.join("."), message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "is no member of this request" }));
}
