import cors from "cors";
import type { RequestHandler } from "express";

const answered = {
  methods: ["GET", "HEAD", "PUT", "POST"],
  allowedHeaders: [
    "Authorization",
    "Content-Type",
    "If-None-Match",
    "Last-Event-ID",
    "X-Request-Id",
    // Of a page that traces (W3C Trace Context).
    "traceparent",
    "tracestate",
    // What clients of tRPC send.
    "trpc-accept",
    "trpc-batch-mode",
    "x-trpc-source",
  ],
  exposedHeaders: ["ETag", "Retry-After", "X-Request-Id"],
  /** Seconds; the most that Chrome takes. */
  maxAge: 7200,
};

/**
 * Lets pages of these origins read the answers (CORS), and answers their browsers' preflights, which carry no key. Any
 * other page is answered as if this were not here, so its browser keeps the answer from it.
 *
 * @param origins - as browsers send them; with `*` among them any page may, but not with credentials of the browser's
 *   own (cookies), of which the API has none
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  if (origins.includes("*")) return cors({ ...answered, origin: "*" });
  const allow = cors({ ...answered, origin: [...origins], credentials: true });
  return (request, response, next) => {
    const { origin } = request.headers;
    // A cache must not answer one page with what was another's.
    response.vary("Origin");
    if (origin !== undefined && origins.includes(origin)) allow(request, response, next);
    else next();
  };
}
