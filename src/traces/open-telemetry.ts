import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";

import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Link,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

import type { Redactor } from "../redaction/index.ts";
import type { Attributes } from "./attributes.ts";
import { createExporter } from "./exporter.ts";
import type { TracesDeps, TracesSettings } from "./open-traces.ts";
import { createSampler } from "./sampler.ts";
import type { Span, SpanOptions, TraceContext, Traces } from "./span.ts";

/** Of the time that a stop has: what the collector hasn't taken by then is lost. */
const closeMs = 2_000;

/** Spans by OpenTelemetry's library. Nothing of it is registered globally: two services in one process stay apart. */
export async function openTelemetry(settings: TracesSettings, { log, redactor }: TracesDeps): Promise<Traces> {
  const resource = defaultResource().merge(
    resourceFromAttributes({
      "service.name": settings.serviceName,
      "service.instance.id": randomUUID(),
      "host.name": hostname(),
      "process.pid": process.pid,
      ...settings.resource,
    }),
  );
  const exporter = await createExporter(settings, log);
  const provider = new TracerProvider({
    resource,
    sampler: createSampler(settings),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("tally");
  return {
    begin: (name, parent, options) => beginSpan({ tracer, redactor }, name, contextOf(parent), options),
    async close() {
      const abort = new AbortController();
      const late = wait(closeMs, "late", { signal: abort.signal, ref: false }).catch(() => "in time");
      const ended = await Promise.race([provider.shutdown(), late]);
      abort.abort();
      if (ended === "late") log.warn({ url: settings.endpoint, ms: closeMs }, "traces.not_flushed");
    },
  };
}

interface Making {
  tracer: Tracer;
  redactor: Redactor;
}

function beginSpan(making: Making, name: string, parent: Context, options: SpanOptions = {}): Span {
  const { tracer, redactor } = making;
  const { kind = "internal", startedAt, attributes = {}, links = [] } = options;
  const span = tracer.startSpan(
    name,
    {
      kind: kinds[kind],
      attributes: safe(attributes, redactor),
      links: links.flatMap(linkTo),
      ...(startedAt === undefined ? {} : { startTime: Date.now() - (performance.now() - startedAt) }),
    },
    parent,
  );
  const here = trace.setSpan(ROOT_CONTEXT, span);
  const { traceId, spanId } = span.spanContext();
  return {
    context: carrierOf(here),
    ids: { trace_id: traceId, span_id: spanId },
    child: (childName, childOptions) => beginSpan(making, childName, here, childOptions),
    set: (more) => span.setAttributes(safe(more, redactor)),
    fail: (words) => span.setStatus({ code: SpanStatusCode.ERROR, message: redactor.text(words) }),
    end: () => span.end(),
  };
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;

const propagator = new W3CTraceContextPropagator();

/** What can't be read as W3C has it counts as none. */
function contextOf(parent: TraceContext | null): Context {
  return parent === null ? ROOT_CONTEXT : propagator.extract(ROOT_CONTEXT, parent, defaultTextMapGetter);
}

function carrierOf(context: Context): TraceContext {
  const carrier = { traceparent: "" };
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier;
}

function linkTo(linked: TraceContext): Link[] {
  const context = trace.getSpanContext(contextOf(linked));
  return context === undefined ? [] : [{ context }];
}

/** Nothing that is said of a span leaves with a secret in it, whoever said it. */
function safe(attributes: Attributes, redactor: Redactor) {
  const known = Object.entries(attributes).filter(([, value]) => value != null);
  return Object.fromEntries(known.map(([name, value]) => [name, safeValue(value, redactor)]));
}

function safeValue(value: Attributes[keyof Attributes], { text }: Redactor) {
  if (typeof value === "string") return text(value);
  if (!Array.isArray(value)) return value ?? undefined;
  return value.map((item) => (typeof item === "string" ? text(item) : item)) as string[] | number[];
}
