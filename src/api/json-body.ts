import express, { type RequestHandler } from "express";

import { Problem } from "./problem.ts";

export const bodyLimitBytes = 100 * 1024;

// Not strict: a number is JSON, and is told what it should have been instead.
const parse: RequestHandler = express.json({ limit: bodyLimitBytes, strict: false });

/** Reads a request's JSON into `request.body`, which stays undefined without one. */
export const readJsonBody: RequestHandler = (request, response, next) => {
  if (hasBody(request.headers) && !request.is("application/json")) {
    throw new Problem(
      "unsupported_media_type",
      "Send the body as JSON, with the header Content-Type: application/json.",
    );
  }
  parse(request, response, (error: unknown) => next(error === undefined ? undefined : toProblem(error)));
};

/** A `Content-Length` of 0 is how clients send a POST without a body, and they give it no type. */
function hasBody(headers: Record<string, unknown>): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** By the `type` of body-parser's errors. */
function toProblem(error: unknown): unknown {
  if (!(error instanceof Error && "status" in error)) return error;
  switch ("type" in error ? error.type : null) {
    case "entity.parse.failed":
      return new Problem("invalid_json", `The body is not JSON: ${error.message}.`);
    case "entity.too.large":
      return new Problem("too_large", "A request's body may have 100 kB.");
    case "charset.unsupported":
    case "encoding.unsupported":
      return new Problem("unsupported_media_type", "Send the body in UTF-8; gzip, deflate and br are understood.");
    default:
      return new Problem("invalid_body", "The body could not be read: it broke off, or is not encoded as announced.");
  }
}
