import type { Logger } from "../log.ts";
import type { Redactor } from "../redaction/index.ts";
import { noTraces, type Traces } from "./span.ts";

/** Where traces go, and which. */
export interface TracesSettings {
  /** Of a collector that speaks OTLP over HTTP; without `/v1/traces`. */
  endpoint: string;
  protocol: "http/protobuf" | "http/json";
  /** Of every request to it: credentials, mostly. */
  headers: Readonly<Record<string, string>>;
  serviceName: string;
  /** What else is said of this process. */
  resource: Readonly<Record<string, string>>;
  sampler: SamplerName;
  /** For the samplers by ratio: 0 to 1. */
  ratio: number;
}

export type SamplerName =
  | "always_on"
  | "always_off"
  | "traceidratio"
  | "parentbased_always_on"
  | "parentbased_always_off"
  | "parentbased_traceidratio";

export interface TracesDeps {
  log: Logger;
  /** Takes the secrets out of what is said of spans. */
  redactor: Redactor;
}

/**
 * Opens the traces. Without settings nothing of OpenTelemetry is even loaded.
 *
 * @param settings - null: nothing is traced
 */
export async function openTraces(settings: TracesSettings | null, deps: TracesDeps): Promise<Traces> {
  if (settings === null) return noTraces;
  const { openTelemetry } = await import("./open-telemetry.ts");
  return openTelemetry(settings, deps);
}
