import type { Response } from "express";

import { type TraceContext, type Traces, within } from "../traces/index.ts";
import { noteOn } from "./request-log.ts";

/**
 * Answers a request as part of a span, which goes on with the caller's trace if it sent one. For what changes something:
 * a status is read often, and nothing comes of it.
 *
 * @param route - the pattern of its address
 */
export function traceRequest<T>(
  traces: Traces,
  response: Response,
  route: string,
  answer: () => Promise<T>,
): Promise<T> {
  const { method } = response.req;
  const span = traces.begin(`${method} ${route}`, contextOf(response), {
    kind: "server",
    attributes: {
      "http.request.method": method,
      // Not `url.path`: an address itself may hold what isn't for others.
      "http.route": route,
    },
  });
  if (span.ids !== null) noteOn(response, span.ids);
  response.once("close", () => {
    const status = response.statusCode;
    span.set({ "http.response.status_code": status, "error.type": status < 500 ? null : String(status) });
    if (status >= 500) span.fail(`answered ${status}`);
    span.end();
  });
  return within(span, answer);
}

function contextOf({ req }: Response): TraceContext | null {
  const [traceparent, tracestate] = [req.get("traceparent"), req.get("tracestate")];
  if (traceparent === undefined) return null;
  return { traceparent, ...(tracestate === undefined ? {} : { tracestate }) };
}
