import type { NewEvent } from "../eventlog/index.ts";
import { reasonOf } from "../reason-of.ts";
import type { Span, Traces } from "../traces/index.ts";
import type { Door, Reception } from "./receive.ts";

/**
 * The span of a delivery, which begins a trace: providers send no context.
 *
 * @param startedAt - by the monotonic clock (ms)
 */
export function beginDeliverySpan(traces: Traces, { path }: Door, { type }: NewEvent, startedAt: number): Span {
  const route = `/webhooks${path}`;
  return traces.begin(`POST ${route}`, null, {
    kind: "server",
    startedAt,
    attributes: {
      "http.request.method": "POST",
      "http.route": route,
      "url.path": route,
      "tally.event_type": type,
    },
  });
}

/** @param status - that it was answered with */
export function endDeliverySpan(span: Span, reception: Reception, status: number): void {
  span.set({ "http.response.status_code": status, "tally.outcome": reception.outcome });
  if ("id" in reception) span.set({ "tally.event_id": reception.id });
  if (reception.outcome === "not_stored") {
    span.set({ "error.type": String(status) });
    span.fail(reasonOf(reception.error));
  }
  span.end();
}
