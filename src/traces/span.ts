import type { Attributes } from "./attributes.ts";

/** W3C Trace Context as headers have it: which span it is that something came of, whoever made it. */
export interface TraceContext {
  traceparent: string;
  tracestate?: string;
}

/** Where a span is known by in the log, under OpenTelemetry's names. */
export interface SpanIds {
  trace_id: string;
  span_id: string;
}

export interface SpanOptions {
  /** `internal` if it isn't said. */
  kind?: "internal" | "server" | "client" | "consumer";
  /** By the monotonic clock (`performance.now()`), if it was before now. */
  startedAt?: number;
  attributes?: Attributes;
  /** What also led to it, beside its parent. */
  links?: readonly TraceContext[];
}

/** A piece of work that is shown in a trace. One that never ends is never shown. */
export interface Span {
  /** For whatever comes of it elsewhere; null if nothing is traced. */
  readonly context: TraceContext | null;
  readonly ids: SpanIds | null;
  /** Begins a part of it. */
  child(name: string, options?: SpanOptions): Span;
  set(attributes: Attributes): void;
  /** It went wrong; secrets are taken out of the words. */
  fail(words: string): void;
  end(): void;
}

export interface Traces {
  /**
   * Begins a span that isn't part of one in this process.
   *
   * @param name - one of few: no ids in it
   * @param parent - what it came of; null, or not readable: nothing, and a trace begins
   */
  begin(name: string, parent: TraceContext | null, options?: SpanOptions): Span;
  /** Sends what is left, for a bounded time. */
  close(): Promise<void>;
}

/** Where nothing is traced. */
export const noSpan: Span = {
  context: null,
  ids: null,
  child: () => noSpan,
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

export const noTraces: Traces = { begin: () => noSpan, close: () => Promise.resolve() };
