import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import express from "express";
import fetch from "node-fetch";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { closerOf } from "../../src/close-server.ts";
import { createDatabase } from "../../src/db/index.ts";
import { createEventLog } from "../../src/eventlog/index.ts";
import { createRedactor } from "../../src/redaction/index.ts";
import { openTraces } from "../../src/traces/index.ts";
import { createWebhookRouter } from "../../src/webhooks/index.ts";
import { type Receiver, startReceiver } from "../notifications/receiver.ts";
import { jsonTraces } from "../support/json-traces.ts";
import { type LogLines, logLines } from "../support/log-lines.ts";
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from "../support/trace-receiver.ts";
import { apiKey, type Evening, openEvening } from "./evening.ts";

/** Of an app that traces too. */
const caller = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", state: "shop=42" };

let receiver: TraceReceiver;
let app: Receiver;
let lines: LogLines;
let evening: Evening;
let frontInstance: unknown;
let started: { items: { id: number }[] };
let asked: { traceId: string };

beforeAll(async () => {
  receiver = await startTraceReceiver();
  app = await startReceiver();
  lines = logLines();
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" };
  evening = await openEvening({ ...settings, NOTIFICATION_ALLOW_PRIVATE: "true" }, lines.log);
  const service = await evening.start();
  const { control } = evening.sandbox;
  await evening.api("POST", "/v1/notification-endpoints", { url: app.url, events: ["live.started"] });

  const isLive = (channel: string) => evening.until(channel, "live", ({ live }) => live);
  control.planFaults({ operation: "start", answer: { status: 503 } });
  control.join("refused_once", 1000, "host");
  await isLive("refused_once");
  control.join("channel_1", 1001, "host");
  await startByApp(service.url, "channel_2");
  await isLive("channel_1");
  await evening.until("channel_2", "recording", ({ isRecording }) => isRecording);
  await stopByApp(service.url, "channel_2");
  await evening.until("channel_2", "stopped", ({ isRecording }) => !isRecording);

  // A process that dies when it has answered.
  const front = await openFront();
  control.changeSettings({ serviceUrl: front.url });
  control.join("channel_3", 1002, "host");
  await lines.seen("webhook.received", (line) => keyOf(line) === "channel_3");
  await front.close();
  control.changeSettings({ serviceUrl: service.url });

  await isLive("channel_3");
  await app.seen(3);
  started = (await evening.api("GET", "/v1/events?type=StartRequested")).body as typeof started;
  asked = (await evening.api("GET", `/v1/events/${started.items[0]?.id}`)).body as typeof asked;
  await service.stop();
}, 60_000);

afterAll(async () => {
  await evening.close();
  await receiver.close();
  await app.close();
});

const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
const context = { traceparent: `00-${caller.traceId}-${caller.spanId}-01`, tracestate: caller.state };

async function startByApp(url: string, channel: string): Promise<void> {
  const ask = (method: string, path: string, more: object) =>
    fetch(url + path, { method, headers: { ...headers, ...more }, body: "{}" });
  await ask("PUT", `/v1/channels/${channel}`, {});
  expect((await ask("POST", `/v1/channels/${channel}/recording/start`, context)).status).toBe(202);
  const wrong = { authorization: "Bearer wrong-key", ...context };
  expect((await ask("POST", `/v1/channels/${channel}/recording/start`, wrong)).status).toBe(401);
}

async function stopByApp(url: string, channel: string): Promise<void> {
  const body = JSON.stringify({ channel });
  const answer = await fetch(`${url}/trpc/recording.stop`, {
    method: "POST",
    headers: { ...headers, ...context },
    body,
  });
  expect(answer.status).toBe(200);
}

const secretsFor = (name: string) => (evening.environment[name] ?? "").split(",");
const keyOf = ({ route }: Record<string, unknown>) => (route as { key?: string } | null)?.key;

/** Takes webhooks in and does nothing about them. */
async function openFront() {
  const { log } = lines;
  const traces = await openTraces(jsonTraces(receiver.url), { log, redactor: createRedactor() });
  const database = createDatabase({ url: evening.databaseUrl, schema: "tally", poolMax: 2, log });
  const eventLog = createEventLog({ ...database, log, channelPolicy: "auto", onAppended: () => undefined });
  const secrets = {
    agora: secretsFor("AGORA_NCS_SECRET"),
    cloudflareNotification: secretsFor("CLOUDFLARE_NOTIFICATION_SECRET"),
    cloudflareStream: secretsFor("CLOUDFLARE_STREAM_WEBHOOK_SECRET"),
  };
  const router = createWebhookRouter({ secrets, append: (event) => eventLog.append(event), traces, log });
  const server = createServer(express().use("/webhooks", router));
  const closeServer = closerOf(server, 1_000);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      await closeServer();
      await eventLog.close();
      await database.close();
      await traces.close();
      frontInstance = receiver.spans.at(-1)?.instance;
    },
  };
}

/** From the span that nothing of ours caused down to this one. */
function pathTo(span: ReceivedSpan | undefined): ReceivedSpan[] {
  if (span === undefined) return [];
  const parent = receiver.spans.find(({ spanId }) => spanId === span.parentId);
  if (parent !== undefined) expect(parent.traceId).toBe(span.traceId);
  return [...pathTo(parent), span];
}

const namesOf = (spans: ReceivedSpan[]) => spans.map(({ name }) => name);
const ofChannel = (channel: string) => (span: ReceivedSpan) => span.attributes["tally.channel"] === channel;

/** The first call of this name that was made for a channel. */
function callFor(channel: string, name: string): ReceivedSpan | undefined {
  return receiver.spans.find((span) => span.name === name && pathTo(span).some(ofChannel(channel)));
}

describe("a trace", () => {
  test("leads from a host's webhook to the recorder's start", () => {
    const start = callFor("channel_1", "agora start");
    const path = pathTo(start);
    expect(namesOf(path)).toEqual([
      "POST /webhooks/agora",
      "append event",
      "advance channel",
      "attempt EnsureLiveInput",
      "advance channel",
      "attempt StartRelay",
      "agora start",
    ]);
    expect(path.map(({ kind }) => kind)).toEqual([2, 3, 5, 5, 5, 5, 3]);
    const [webhook] = path;
    expect(webhook).toMatchObject({
      parentId: null,
      error: null,
      attributes: {
        "http.request.method": "POST",
        "http.route": "/webhooks/agora",
        "http.response.status_code": 200,
        "tally.event_type": "rtc.103",
        "tally.event_id": expect.any(Number) as number,
        "tally.outcome": "stored",
      },
    });
    expect(start?.attributes).toMatchObject({
      "http.request.method": "POST",
      "http.response.status_code": 200,
      "tally.outcome": "done",
      "server.address": "127.0.0.1",
      "server.port": expect.any(Number) as number,
    });
  });

  test("goes on in the process that folds what another one took in and died", () => {
    const path = pathTo(callFor("channel_3", "agora start"));
    expect(namesOf(path).slice(0, 3)).toEqual(["POST /webhooks/agora", "append event", "advance channel"]);
    const [front, appended, service, ...rest] = path.map(({ instance }) => instance);
    expect([front, appended]).toEqual([frontInstance, frontInstance]);
    expect(service).not.toBe(frontInstance);
    expect(new Set(rest)).toEqual(new Set([service]));
  });

  test("that an app has begun goes on with its start into the provider's call", () => {
    const start = callFor("channel_2", "agora start");
    const [request, ...path] = pathTo(start);
    expect(request).toMatchObject({
      name: "POST /v1/channels/{name}/recording/start",
      parentId: caller.spanId,
      traceId: caller.traceId,
      kind: 2,
      attributes: { "http.response.status_code": 202 },
    });
    expect(namesOf(path)[0]).toBe("advance channel");
    expect(start?.traceId).toBe(caller.traceId);
    expect(asked.traceId).toBe(caller.traceId);
    // What the app's own system wrote down, too.
    expect(new Set([request, ...path].map((span) => span?.traceState))).toEqual(new Set([caller.state]));
  });

  test("goes on with an app's stop by tRPC too", () => {
    const request = receiver.spans.find(({ name }) => name === "POST /trpc/recording.stop");
    expect(request).toMatchObject({ traceId: caller.traceId, parentId: caller.spanId, kind: 2 });
    const follows = ({ parentId, links }: ReceivedSpan) => [parentId, ...links].includes(request?.spanId ?? "");
    expect(namesOf(receiver.spans.filter(follows))).toEqual(["advance channel"]);
  });

  test("begins with nobody who isn't let in", () => {
    const requests = receiver.spans.filter(({ name }) => name.includes("/recording/start"));
    expect(requests.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([202]);
  });

  test("shows what a provider refused, and each try", () => {
    const ofIt = ofChannel("refused_once");
    const attempts = receiver.spans.filter((span) => span.name === "attempt StartRelay" && ofIt(span));
    const [first, second] = attempts;
    expect(attempts.map(({ attributes }) => attributes["tally.outcome"])).toEqual(["failed", "succeeded"]);
    expect(first?.error).toMatch(/^start: HTTP 503/);
    expect(second?.error).toBeNull();
    const refused = receiver.spans.find(({ name, parentId }) => name === "agora start" && parentId === first?.spanId);
    expect(refused).toMatchObject({ attributes: { "http.response.status_code": 503, "error.type": "503" } });
    expect(refused?.error).not.toBeNull();
  });

  test("goes on to the app that is told of it", () => {
    const told = receiver.spans.filter(({ name }) => name === "notify live.started");
    expect(told).toHaveLength(3);
    for (const span of told) expect(pathTo(span).length).toBeGreaterThan(1);
    const sent = app.received.map(({ headers }) => headers.traceparent);
    expect(sent.sort()).toEqual(told.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).sort());
  });

  test("is named by the log lines of its spans, and by no others", () => {
    const line = (msg: string) => (find: Record<string, unknown>) => find.msg === msg;
    for (const msg of ["webhook.received", "channel.advanced", "effect.attempted", "provider.called"]) {
      const traced = lines.lines.filter(line(msg)).filter(({ trace_id: traceId }) => traceId !== undefined);
      expect(traced.length, msg).toBeGreaterThan(0);
      for (const { trace_id: traceId, span_id: spanId } of traced) {
        expect(receiver.spans.find((span) => span.spanId === spanId)?.traceId, msg).toBe(traceId);
      }
    }
    const answered = lines.lines.find(({ msg, route }) => msg === "http.answered" && String(route).endsWith("/start"));
    expect(answered?.trace_id).toBe(caller.traceId);
    expect(lines.lines.find(({ msg }) => msg === "tally.ready")?.trace_id).toBeUndefined();
  });
});

test("a collector that never answers keeps no webhook and no call waiting, and a stop for a moment", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const { log, lines: written } = logLines();
  const tonight = await openEvening({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }, log);
  onTestFinished(() => tonight.close());
  const service = await tonight.start();
  tonight.sandbox.control.join("channel_1", 1001, "host");
  await tonight.until("channel_1", "live", ({ live }) => live);
  await service.stop();
  const told = written.filter(({ msg }) => String(msg).startsWith("traces."));
  expect(told).toMatchObject([{ level: "warn", msg: "traces.not_flushed", url: `http://127.0.0.1:${port}` }]);
});
