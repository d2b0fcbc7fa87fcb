import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { reporting } from "../../src/traces/exporter.ts";
import { logLines } from "../support/log-lines.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

const refusal = { code: ExportResultCode.FAILED, error: new Error("connect ECONNREFUSED") };
const spans = (count: number) => Array<ReadableSpan>(count);

test("a collector that can't be reached costs a line a minute, with the number of spans that were lost", () => {
  let fails = true;
  const refusing: SpanExporter = {
    export: (_spans, done) => done(fails ? refusal : { code: ExportResultCode.SUCCESS }),
    shutdown: () => Promise.resolve(),
  };
  const { log, lines } = logLines();
  const exporter = reporting(refusing, { url: "http://127.0.0.1:4318/v1/traces", log });
  const done = vi.fn();
  const send = (count: number) => exporter.export(spans(count), done);
  const told = () =>
    lines.splice(0).map(({ level, msg, url, spans: lost, error }) => ({ level, msg, url, lost, error }));
  const line = { level: "warn", msg: "traces.export_failed", url: "http://127.0.0.1:4318/v1/traces" };

  send(3);
  expect(told()).toEqual([{ ...line, lost: 3, error: "connect ECONNREFUSED" }]);
  send(4);
  vi.advanceTimersByTime(59_000);
  send(5);
  expect(told()).toEqual([]);
  vi.advanceTimersByTime(1_000);
  send(6);
  expect(told()).toEqual([{ ...line, lost: 15, error: "connect ECONNREFUSED" }]);

  fails = false;
  vi.advanceTimersByTime(60_000);
  send(7);
  expect(told()).toEqual([]);
  // The library is told of no failure: there it would be thrown, and nothing is to be done about it.
  expect(done.mock.calls).toEqual(Array(5).fill([{ code: ExportResultCode.SUCCESS }]));
});
