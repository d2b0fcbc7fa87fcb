import { EventSource } from "eventsource";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { statusAnswer } from "../../src/api/status-schema.ts";
import { openFeed } from "../../src/eventlog/index.ts";
import type { Status } from "../../src/live/index.ts";
import { logLines } from "../support/log-lines.ts";
import { rawSocket, statusesIn, wire } from "../support/raw-socket.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { openStream } from "./events.ts";
import { apiKey, expectProblem, type Service, startService, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(() => {
  service = started();
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Another process, as it were, on the same database. */
async function startOther(overrides: Parameters<typeof startService>[1] = {}): Promise<Service> {
  const other = await startService(service.database, overrides);
  closers.push(other.close);
  return other;
}

async function open(name: string, headers: Record<string, string> = {}, at: Pick<Service, "url"> = service) {
  const stream = await openStream(at, name, headers);
  closers.push(stream.close);
  return stream;
}

async function register(name: string): Promise<void> {
  await service.call("put", `/v1/channels/${name}`).expect(201);
}

async function stop(name: string, at = service): Promise<number> {
  const response = await at.call("post", `/v1/channels/${name}/recording/stop`).expect(202);
  return statusAnswer.parse(response.body).version;
}

describe("GET /v1/channels/{name}/status/stream", () => {
  it("begins with the current status, the same as that of GET …/status, and its version as id", async () => {
    await register("first");
    const { response, next } = await open("first");
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": expect.stringMatching(/^text\/event-stream/) as string,
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      connection: "close",
    });
    const answer = await service.call("get", "/v1/channels/first/status");
    expect(await next()).toEqual({ id: "1", status: statusAnswer.parse(answer.body) });
  });

  it("goes on with every newer one", async () => {
    await register("newer");
    const { next } = await open("newer");
    await next();
    await service.notifyAndWait(103, "newer", 1001);
    const { id, status } = await next();
    expect(status).toMatchObject({ state: "starting", host: { present: true } });
    expect(statusAnswer.parse(status).version).toBe(Number(id));
    await stop("newer");
    expect((await next()).status).toMatchObject({ state: "stopped" });
  });

  it("tells clients to wait from 1 to 5 s before they connect again, not all the same time", async () => {
    await register("retrying");
    const waits = new Set<number>();
    for (let i = 0; i < 5; i++) {
      const { has } = await open("retrying");
      waits.add(Number(/^retry: (\d+)\n\n/.exec(await has("id: "))?.[1]));
    }
    for (const ms of waits) expect(ms >= 1_000 && ms < 5_000, String(ms)).toBe(true);
    expect(waits.size).toBeGreaterThan(1);
  });

  it("sends who has the current version nothing until there is a newer one", async () => {
    await register("resumed");
    const { response, next, has } = await open("resumed", { "last-event-id": "1" });
    expect(response.status).toBe(200);
    expect(await has("retry: ")).not.toContain("data");
    const version = await stop("resumed");
    expect((await next()).id).toBe(String(version));
  });

  it.each(["0", "77", "", "last", "1; 2", "-1", "99999999999999999999"])(
    "sends who has anything else, Last-Event-ID: %j, the current status",
    async (id) => {
      const name = `has ${id.length} ${id.replace(/\W/g, "")}`;
      await register(encodeURIComponent(name));
      const version = await stop(encodeURIComponent(name));
      expect((await (await open(name, { "last-event-id": id })).next()).id).toBe(String(version));
    },
  );

  it("tells what another process has changed, and goes on at another after the last event", async () => {
    await register("shared");
    const [one, other] = [await startOther(), await startOther()];
    const before = await open("shared", {}, one);
    const { id = "" } = await before.next();
    const changed = await stop("shared", other);
    expect((await before.next()).id).toBe(String(changed));
    before.close();
    const after = await open("shared", { "last-event-id": id }, other);
    expect((await after.next()).id).toBe(String(changed));
  });

  it("loses nothing to a connection for LISTEN that is gone without a word", async () => {
    const proxy = await startTcpProxy(() => Number(new URL(service.database.url).port));
    const url = new URL(service.database.url);
    url.port = String(proxy.port);
    const { log, seen } = logLines();
    const feed = openFeed({ url: url.href, schema: service.database.schema, log, pingMs: 50 });
    closers.push(
      () => proxy.close(),
      () => feed.close(),
    );
    await seen("feed.listening");
    const other = await startOther({ feed });
    await register("half-open");
    const { next } = await open("half-open", {}, other);
    await next();
    // On a busy machine the feed may be between two connections.
    await expect.poll(() => proxy.blackHoleListeners()).toBe(1);
    const version = await stop("half-open");
    expect((await next()).id).toBe(String(version));
  });

  it("is for whom the key lets in, of channels that there are, and asked for with GET", async () => {
    await register("guarded");
    expectProblem(await service.anonymous.get("/v1/channels/guarded/status/stream"), 401, "unauthenticated");
    expectProblem(await service.call("get", "/v1/channels/nobodys/status/stream"), 404, "channel_unknown");
    expectProblem(await service.call("post", "/v1/channels/guarded/status/stream"), 405, "method_not_allowed");
  });

  it("answers HEAD with its headers and at once, and knows no 304", async () => {
    await register("headed");
    const response = await service.call("head", "/v1/channels/headed/status/stream").expect(200);
    expect(response.type).toBe("text/event-stream");
    await service.call("head", "/v1/channels/nobodys/status/stream").expect(404);
    const { response: answer, next } = await open("headed", { "if-none-match": "*" });
    expect(answer.status).toBe(200);
    expect((await next()).id).toBe("1");
  });

  it("is refused with 503 beyond the limit, and given again when a reader has left", async () => {
    const small = await startOther({ streams: { most: 1 } });
    await register("full");
    const first = await open("full", {}, small);
    await first.next();
    const refused = await small.call("get", "/v1/channels/full/status/stream");
    expectProblem(refused, 503, "too_many_streams");
    expect(refused.headers["retry-after"]).toBe("10");
    await small.call("head", "/v1/channels/full/status/stream").expect(503);
    await small.call("get", "/v1/channels/full/status").expect(200);
    first.close();
    await expect.poll(async () => (await open("full", {}, small)).response.status).toBe(200);
  });

  it("sends a comment when there is nothing else to send, and outlives the limits of requests", async () => {
    const limits = { headersMs: 20, requestMs: 20, checkMs: 5, keepAliveMs: 20, silenceMs: 500 };
    const lively = await startOther({ streams: { heartbeatMs: 10, checkMs: 5 }, limits });
    await register("lively");
    const { has, next } = await open("lively", {}, lively);
    await has(":\n\n".repeat(20));
    const version = await stop("lively");
    let { id } = await next();
    while (id !== String(version)) ({ id } = await next());
  });

  it("ends after its time in order, and the log says so", async () => {
    const brief = await startOther({ streams: { lifetimeMs: 20, checkMs: 5 } });
    await register("brief");
    const { ended } = await open("brief", { "x-request-id": "brief-1" }, brief);
    expect(await ended()).toContain("id: 1\n");
    expect(await brief.lineOf("brief-1")).toMatchObject({
      msg: "http.answered",
      level: "info",
      route: "/v1/channels/{name}/status/stream",
      status: 200,
      stream: { ended: "lifetime", events: 1 },
    });
  });

  it("is left by its client without a fault, and the log says so", async () => {
    await register("left");
    const { next, close } = await open("left", { "x-request-id": "left-1" });
    await next();
    close();
    const line = await service.lineOf("left-1");
    expect(line).toMatchObject({ level: "info", status: 200, stream: { ended: "client", events: 1 } });
    expect(line).not.toHaveProperty("aborted");
  });

  it("cuts off who reads nothing, having kept one status for them and no more", async () => {
    const strict = await startOther({ streams: { stalledMs: 300, checkMs: 10 } });
    await register("deaf");
    const { socket, has } = await rawSocket(strict.url);
    const headers = { host: "tally", authorization: `Bearer ${apiKey}`, "x-request-id": "deaf-1" };
    socket.write(wire("GET /v1/channels/deaf/status/stream", headers));
    await has("id: 1\n");
    socket.pause();
    const quick = await open("deaf", {}, strict);
    const versions = 20;
    for (let i = 0; i < versions; i++) {
      await quick.next();
      await growStatus("deaf");
    }
    const line = await strict.lineOf("deaf-1");
    expect(line).toMatchObject({ stream: { ended: "stalled" } });
    // The system's buffers take some.
    expect((line.stream as { events: number }).events).toBeLessThan(versions);
    socket.destroy();
  });
});

/** A new version whose status has a megabyte, as no real one has. */
async function growStatus(name: string): Promise<void> {
  const { knex, schema } = service.database;
  const url = `https://customer-a.cloudflarestream.com/${"a".repeat(350_000)}`;
  await knex.transaction(async (trx) => {
    await trx.raw(
      `update ${schema}.channels set version = version + 1, state = state
         || jsonb_build_object('liveInput', state->'liveInput' || jsonb_build_object('uid', 'a', 'playbackBase', ?::text))
         || jsonb_build_object('session', jsonb_build_object('number', 1, 'closedAt', null, 'ending', null, 'failures', 0,
              'failure', null, 'openedAt', 0, 'liveAt', null, 'cause', 'host'))
       where name = ?`,
      [url, name],
    );
    await trx.raw(`select pg_notify(?, version || ' ' || name) from ${schema}.channels where name = ?`, [
      `${schema}_versions`,
      name,
    ]);
  });
}

describe("an EventSource", () => {
  /** As a browser's, but that it finds the service anew at each connection. */
  function follow(name: string, url: () => string) {
    const source = new EventSource(`http://tally/v1/channels/${name}/status/stream`, {
      fetch: (address, init) =>
        fetch(String(address).replace("http://tally", url()), {
          ...init,
          headers: { ...init.headers, authorization: `Bearer ${apiKey}` },
        }),
    });
    closers.push(() => source.close());
    const received: Status[] = [];
    let tell: () => void = () => undefined;
    source.onmessage = ({ data, lastEventId }) => {
      const status = JSON.parse(data as string) as Status;
      expect(lastEventId).toBe(String(status.version));
      received.push(status);
      tell();
    };
    return {
      source,
      received,
      reached: async (version: number) => {
        while (received.at(-1)?.version !== version) await new Promise<void>((resolve) => (tell = resolve));
      },
    };
  }

  it("hears of every change, across a restart of the service, and of no version twice", async () => {
    await register("followed");
    const before = await startService(service.database);
    let at = before.url;
    const { received, reached } = follow("followed", () => at);
    await reached(1);
    const second = await stop("followed", before);
    await reached(second);

    const after = await startOther();
    at = after.url;
    await before.close();
    const third = await stop("followed");
    await reached(third);
    expect(received.map(({ version }) => version)).toEqual([1, second, third]);
  });
});

describe("at a shutdown", () => {
  it("every stream ends at once and in order, and none begins", async () => {
    const stopping = await startService(service.database);
    await register("closing");
    const raw = await rawSocket(stopping.url);
    const headers = { host: "tally", authorization: `Bearer ${apiKey}`, "x-request-id": "closing-1" };
    raw.send(wire("GET /v1/channels/closing/status/stream", headers));
    await raw.has("id: 1\n");
    await stopping.close();
    const text = await raw.closed;
    expect(statusesIn(text)).toEqual([200]);
    expect(text.endsWith("\r\n0\r\n\r\n")).toBe(true);
    expect(await stopping.lineOf("closing-1")).toMatchObject({ stream: { ended: "shutdown", events: 1 } });
  });
});
