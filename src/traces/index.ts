export { apart, currentSpan, spanned, within } from "./current.ts";
export { openTraces } from "./open-traces.ts";
export { noSpan, noTraces, type Span, type TraceContext, type Traces } from "./span.ts";
