import type { TRPCError } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";

import { Problem, type ProblemCode } from "../problem.ts";
import { toProblem } from "../to-problem.ts";

type TrpcCode = keyof typeof TRPC_ERROR_CODES_BY_KEY;

/** tRPC's names of HTTP statuses, by which its clients tell what to try again. */
const trpcCodes: Readonly<Record<Problem["status"], TrpcCode>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
};

/** What tRPC itself refuses. */
const problemCodes: Partial<Record<TrpcCode, ProblemCode>> = {
  PARSE_ERROR: "invalid_json",
  BAD_REQUEST: "invalid_request",
  NOT_FOUND: "not_found",
  METHOD_NOT_SUPPORTED: "method_not_allowed",
  PAYLOAD_TOO_LARGE: "too_large",
  UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
};

/** The problem that an error of tRPC means: the same as REST would answer. */
export function problemOf(error: TRPCError, requestId: string | undefined): Problem {
  const { cause, code, message } = error;
  if (cause instanceof Problem) return cause;
  const own = problemCodes[code];
  return own === undefined ? toProblem(cause ?? error, requestId) : new Problem(own, message);
}

/** What a client gets of it: `data.problem` is the problem document. */
export function toShape(problem: Problem, path: string | undefined) {
  const code = trpcCodes[problem.status] ?? "INTERNAL_SERVER_ERROR";
  const data = { code, httpStatus: problem.status, path, problem: problem.toBody() };
  return { message: problem.message, code: TRPC_ERROR_CODES_BY_KEY[code], data };
}
