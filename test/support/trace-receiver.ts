import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A span as it came in. */
export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  /** Null: it begins its trace here. */
  parentId: string | null;
  /** OTLP's number: 1 internal, 2 server, 3 client, 5 consumer. */
  kind: number;
  /** Which process's worth of Tally it was. */
  instance: unknown;
  attributes: Record<string, unknown>;
  /** Ids of spans. */
  links: string[];
  traceState: string;
  /** Null unless it failed. */
  error: string | null;
}

export interface TraceReceiver {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be. */
  url: string;
  /** What has come so far, in the order of arrival. */
  spans: ReceivedSpan[];
  /** Each request's headers and body as text. */
  requests: { path: string; headers: IncomingHttpHeaders; body: string }[];
  close(): Promise<void>;
}

/** A collector for tests: takes OTLP over HTTP, and reads it where it is JSON. */
export async function startTraceReceiver(): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: TraceReceiver["requests"] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      const body = bytes.toString();
      requests.push({ path: request.url ?? "", headers: request.headers, body });
      if (request.headers["content-type"] === "application/json") spans.push(...readSpans(body));
      response.writeHead(200, { "content-type": request.headers["content-type"] }).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function readSpans(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as Request;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentId: span.parentSpanId ?? null,
        kind: span.kind,
        instance: attributesOf(resource.attributes)["service.instance.id"],
        attributes: attributesOf(span.attributes),
        links: (span.links ?? []).map(({ spanId }) => spanId),
        traceState: span.traceState ?? "",
        error: span.status.code === 2 ? (span.status.message ?? "") : null,
      })),
    ),
  );
}

/** Opentelemetry-proto, `trace.proto`, as OTLP's JSON has it. */
interface Request {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: {
      spans: {
        name: string;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        kind: number;
        attributes: KeyValue[];
        links?: { spanId: string }[];
        traceState?: string;
        status: { code?: number; message?: string };
      }[];
    }[];
  }[];
}

interface KeyValue {
  key: string;
  value: AnyValue;
}

interface AnyValue {
  stringValue?: string;
  intValue?: number;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: AnyValue[] };
}

function attributesOf(pairs: KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf({ stringValue, intValue, doubleValue, boolValue, arrayValue }: AnyValue): unknown {
  return stringValue ?? intValue ?? doubleValue ?? boolValue ?? arrayValue?.values.map(valueOf);
}
