import { currentSpan, type Span } from "../traces/index.ts";
import type { CallEnd, CallRecord } from "./call-record.ts";

/** The span of a call, as part of whatever makes it. Nothing of its bodies is in it. */
export function beginCallSpan({ id, provider, operation, method, path }: Omit<CallRecord, "request" | "ended">): Span {
  return currentSpan().child(`${provider} ${operation}`, {
    kind: "client",
    attributes: { "http.request.method": method, "url.path": path, "tally.call_id": id },
  });
}

/** Ends it with what came of the call. */
export function endCallSpan(span: Span, end: Omit<CallEnd, "response">): void {
  const { host, status, code, outcome, error, attempts, requestId } = end;
  span.set({
    ...(host === null ? {} : serverOf(host)),
    "http.response.status_code": status,
    "http.request.resend_count": attempts.length > 1 ? attempts.length - 1 : null,
    "tally.outcome": outcome,
    "tally.request_id": requestId,
    "error.type": error === null ? null : String(code ?? status ?? "no answer"),
  });
  if (error !== null) span.fail(error);
  span.end();
}

/** @param host - with a port, where it isn't the protocol's own */
function serverOf(host: string) {
  const { hostname, port } = new URL(`http://${host}`);
  return { "server.address": hostname, "server.port": port === "" ? null : Number(port) };
}
