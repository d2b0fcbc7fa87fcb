import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createRedactor } from "../../src/redaction/index.ts";
import { currentSpan, noTraces, openTraces, spanned, within } from "../../src/traces/index.ts";
import type { TracesSettings } from "../../src/traces/open-traces.ts";
import { jsonTraces } from "../support/json-traces.ts";
import { logLines } from "../support/log-lines.ts";
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from "../support/trace-receiver.ts";

const redactor = createRedactor(["hush-hush-hush"]);
const caller = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
const { log } = logLines();
let receiver: TraceReceiver;

beforeEach(async () => {
  receiver = await startTraceReceiver();
});
afterEach(() => receiver.close());

const open = (changed: Partial<TracesSettings> = {}) =>
  openTraces({ ...jsonTraces(receiver.url), ...changed }, { log, redactor });

function named(name: string): ReceivedSpan {
  const span = receiver.spans.find((one) => one.name === name);
  if (span === undefined) throw new Error(`no span ${name} among ${receiver.spans.map((one) => one.name).join(", ")}`);
  return span;
}

describe("without settings", () => {
  test("nothing is traced, whoever asks for it", async () => {
    const traces = await openTraces(null, { log, redactor });
    expect(traces).toBe(noTraces);
    const span = traces.begin("webhook", caller);
    expect(within(span, () => currentSpan().child("append"))).toMatchObject({ context: null, ids: null });
    await traces.close();
  });
});

describe("a span", () => {
  test("goes on with what it came of, and its parts with it, under the ids that the log has", async () => {
    const traces = await open();
    const root = traces.begin("request", { ...caller, tracestate: "shop=42" });
    const part = within(root, () => currentSpan().child("call"));
    part.end();
    root.end();
    await traces.close();
    expect(named("request")).toMatchObject({ parentId: "b7ad6b7169203331", traceState: "shop=42" });
    expect(named("call")).toMatchObject({ parentId: root.ids?.span_id, traceId: "0af7651916cd43dd8448eb211c80319c" });
    expect(part.context).toEqual({
      traceparent: `00-0af7651916cd43dd8448eb211c80319c-${part.ids?.span_id ?? ""}-01`,
      tracestate: "shop=42",
    });
  });

  test.each([
    ["nothing", null],
    ["no context at all", { traceparent: "whatever" }],
    ["two contexts", { traceparent: `${caller.traceparent}, ${caller.traceparent}` }],
    ["an id of zeros", { traceparent: "00-00000000000000000000000000000000-b7ad6b7169203331-01" }],
  ])("begins a trace if it came of %s", async (_what, parent) => {
    const traces = await open();
    traces.begin("request", parent).end();
    await traces.close();
    expect(named("request")).toMatchObject({ parentId: null, error: null });
  });

  test("says no secret: not in attributes, lists and errors", async () => {
    const traces = await open();
    const span = traces.begin("call", null, { attributes: { "tally.channel": "hush-hush-hush" } });
    span.set({ "tally.decisions": ["a hush-hush-hush", "b"], "tally.attempt": 2, "tally.request_id": null });
    await expect(spanned(span, () => Promise.reject(new Error("refused hush-hush-hush")))).rejects.toThrow("refused");
    await traces.close();
    expect(named("call")).toMatchObject({
      attributes: { "tally.channel": "[redacted]", "tally.decisions": ["a [redacted]", "b"], "tally.attempt": 2 },
      error: "refused [redacted]",
    });
    expect(receiver.requests.map(({ body }) => body).join()).not.toContain("hush");
  });

  test("that never ends is never shown", async () => {
    const traces = await open();
    traces.begin("given up", null);
    traces.begin("done", null).end();
    await traces.close();
    expect(receiver.spans.map(({ name }) => name)).toEqual(["done"]);
  });
});

describe("the settings", () => {
  test("send protobuf to the endpoint's own path, with its headers, unless JSON is asked for", async () => {
    const traces = await open({ protocol: "http/protobuf", headers: { "api-key": "k1" }, serviceName: "tally-eu" });
    traces.begin("a span by its name", null).end();
    await traces.close();
    const [request] = receiver.requests;
    expect(request).toMatchObject({
      path: "/v1/traces",
      headers: { "content-type": "application/x-protobuf", "api-key": "k1" },
    });
    expect(request?.body).toContain("a span by its name");
    expect(request?.body).toContain("tally-eu");
  });

  test.each([
    ["parentbased_always_on", 1, ["begun", "kept"]],
    ["always_on", 1, ["begun", "dropped", "kept"]],
    ["always_off", 1, []],
    ["traceidratio", 0, []],
    ["parentbased_always_off", 1, ["kept"]],
    ["parentbased_traceidratio", 0, ["kept"]],
    ["parentbased_traceidratio", 1, ["begun", "kept"]],
  ] as const)("%s at %s records %j", async (sampler, ratio, recorded) => {
    const traces = await open({ sampler, ratio });
    traces.begin("begun", null).end();
    traces.begin("kept", caller).end();
    const dropped = traces.begin("dropped", { traceparent: caller.traceparent.replace(/1$/, "0") });
    dropped.end();
    await traces.close();
    expect(receiver.spans.map(({ name }) => name).sort()).toEqual(recorded);
    // Whether or not it is recorded, whoever goes on with it knows the trace.
    expect(dropped.context?.traceparent).toContain("0af7651916cd43dd8448eb211c80319c");
  });
});
