export { type MetricsPoint, readMetrics } from "./read-metrics.ts";
export { type RelayHealth } from "./relay-health.ts";
export { createSampler, type SamplerOptions } from "./sampler.ts";
export { completeSpan, parseStep, SpanRefused, stepRule } from "./span.ts";
