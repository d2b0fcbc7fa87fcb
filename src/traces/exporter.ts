import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";

import type { Logger } from "../log.ts";
import { reasonOf } from "../reason-of.ts";
import type { TracesSettings } from "./open-traces.ts";

/** A line says what was lost, and no more than one of them a minute. */
const quietMs = 60_000;

/** To the collector, by the protocol that is set; only that one is loaded. */
export async function createExporter(settings: TracesSettings, log: Logger): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await (settings.protocol === "http/json"
    ? import("@opentelemetry/exporter-trace-otlp-http")
    : import("@opentelemetry/exporter-trace-otlp-proto"));
  const url = `${settings.endpoint}/v1/traces`;
  return reporting(new OTLPTraceExporter({ url, headers: { ...settings.headers } }), { url, log });
}

/** The library itself says nothing of what it could not send. */
export function reporting(
  exporter: SpanExporter,
  { url, log }: { url: string; log: Pick<Logger, "warn"> },
): SpanExporter {
  let lost = 0;
  let quietUntil = -Infinity;

  function report({ code, error }: ExportResult, spans: number): void {
    if (code === ExportResultCode.SUCCESS) return;
    lost += spans;
    if (performance.now() < quietUntil) return;
    log.warn({ url, spans: lost, error: reasonOf(error) }, "traces.export_failed");
    quietUntil = performance.now() + quietMs;
    lost = 0;
  }

  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        report(result, spans.length);
        done({ code: ExportResultCode.SUCCESS }); // reported, and no more is to be done about it
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
