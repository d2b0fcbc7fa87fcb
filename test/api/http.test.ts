import { EventEmitter, once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { gzipSync } from "node:zlib";

import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { createReaders } from "../../src/api/index.ts";
import { problemAnswer } from "../../src/api/schemas.ts";
import { createApp } from "../../src/app.ts";
import { createDatabase } from "../../src/db/index.ts";
import { defaultPolicy } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase } from "../support/database.ts";
import { plainLinks } from "../support/playback-links.ts";
import {
  apiKey,
  appCertificate,
  appId,
  expectProblem,
  prices,
  type Service,
  startService,
  useService,
} from "./service.ts";

const started = useService();
let service: Service;
beforeAll(async () => {
  service = started();
  await service.call("put", "/v1/channels/shop").send({ id: 5 }).expect(201);
});

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Another service on the same database, but for some collaborators. */
async function startOther(overrides: Parameters<typeof startService>[1]): Promise<Service> {
  const other = await startService(service.database, overrides);
  closers.push(other.close);
  return other;
}

/** One on a database elsewhere. */
async function startElsewhere(url: string): Promise<Service> {
  const { knex, close } = createDatabase({ url, schema: "tally", poolMax: 2, log: createLogger({ level: "silent" }) });
  closers.push(close);
  return startOther({ knex });
}

/** A request just as it is written here; clients tidy addresses and headers up. */
async function rawCall(method: string, path: string, headers: Record<string, string> = {}, body?: string | Buffer) {
  const request = httpRequest(service.url, {
    method,
    path,
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
    agent: false,
  });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

const paths = {
  "/v1/channels": "GET, HEAD",
  "/v1/channels/shop": "GET, HEAD, PUT",
  "/v1/channels/shop/status": "GET, HEAD",
  "/v1/channels/shop/status/stream": "GET, HEAD",
  "/v1/channels/shop/recording/start": "POST",
  "/v1/channels/shop/recording/stop": "POST",
  "/v1/channels/shop/sessions": "GET, HEAD",
  "/v1/sessions/5-1": "GET, HEAD",
  "/v1/sessions": "GET, HEAD",
  "/v1/events/1": "GET, HEAD",
  "/v1/effects/1": "GET, HEAD",
  "/v1/effects/1/retry": "POST",
  "/v1/replays": "POST",
  "/v1/replays/plan": "POST",
  "/v1/overview/stream": "GET, HEAD",
  "/v1/notification-endpoints": "POST, GET, HEAD",
  "/v1/notification-endpoints/ep_1": "GET, HEAD, PATCH, DELETE",
};

describe("the operators' key", () => {
  const wrong = [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    `Bearer ${apiKey}x`,
    `Bearer ${apiKey.slice(1)}`,
    `Bearer ${apiKey} ${apiKey}`,
    `Basic ${Buffer.from(`:${apiKey}`).toString("base64")}`,
    apiKey,
  ];

  it.each(Object.keys(paths))("is needed for %s, and no key is answered like a wrong one", async (path) => {
    const answers = new Set<string>();
    for (const authorization of wrong) {
      for (const method of ["get", "put", "post"] as const) {
        const request = service.anonymous[method](path);
        const response = await (authorization === undefined ? request : request.set("authorization", authorization));
        expectProblem(response, 401, "unauthenticated");
        expect(response.headers["www-authenticate"]).toBe("Bearer");
        answers.add(response.text);
      }
    }
    expect(answers.size).toBe(1);
  });

  it("is asked for before anything else is told: not what exists, nor what is wrong with a body", async () => {
    expectProblem(await service.anonymous.get("/v1/nothing"), 401, "unauthenticated");
    expectProblem(await service.anonymous.get("/v1/channels/%ZZ"), 401, "unauthenticated");
    const response = await service.anonymous.put("/v1/channels/x").set("content-type", "application/json").send("{");
    expectProblem(response, 401, "unauthenticated");
  });

  it("is taken whatever the case of the scheme", async () => {
    await service.anonymous.get("/v1/channels").set("authorization", `bearer ${apiKey}`).expect(200);
  });

  it("may not be blank", () => {
    const config = {
      apiKey: " ",
      jwt: null,
      corsOrigins: [],
      trustProxy: 0,
      production: false,
      notifications: { allowPrivate: false, disableAfterMs: 0 },
      policy: defaultPolicy,
      relayMode: "cloud-recording" as const,
      publicUrl: "http://127.0.0.1",
      stage: { logoUrl: null, overlayUrl: null },
      agora: { appId, appCertificate, ncsSecrets: [] },
      cloudflare: { notificationSecrets: [], webhookSecrets: [], playbackUrl: null },
      prices,
    };
    const { knex, schema } = service.database;
    const deps = {
      knex,
      schema,
      log: createLogger({ level: "silent" }),
      feed: { subscribe: () => () => undefined, subscribeToAll: () => () => undefined, close: () => Promise.resolve() },
      readers: createReaders(),
      links: plainLinks,
      figures: { contentType: "text/plain", text: () => Promise.resolve("") },
      append: () => Promise.reject(new Error("nothing is appended here")),
      advance: () => Promise.resolve(),
      onNotified: () => undefined,
      isWorkerRunning: () => true,
    };
    expect(() => createApp(config, deps)).toThrow("API_KEY");
  });
});

describe("an address", () => {
  it.each(Object.entries(paths))("%s names its methods (%s) to any other", async (path, allow) => {
    for (const method of ["get", "put", "post", "patch", "delete", "options"] as const) {
      if (allow.includes(method.toUpperCase())) continue;
      const response = await service.call(method, path);
      expectProblem(response, 405, "method_not_allowed");
      expect(response.headers.allow).toBe(allow);
    }
  });

  it.each(["/healthz", "/readyz"])("%s can only be read", async (path) => {
    const response = await service.anonymous.post(path);
    expectProblem(response, 405, "method_not_allowed");
    expect(response.headers.allow).toBe("GET, HEAD");
  });

  it.each(["/", "/v1", "/v1/", "/v1/nothing", "/v1/channels/a/b", "/v2/channels", "/favicon.ico", "/stage"])(
    "%s leads nowhere",
    async (path) => {
      expectProblem(await service.call("get", path), 404, "not_found");
    },
  );

  it.each(["/v1/channels/%ZZ", "/v1/channels/%E0%A4%A/status", "/v1/sessions/%", "/stage/%ff"])(
    "%s with a broken percent-encoding is 400",
    async (path) => {
      const response = await rawCall("GET", path);
      expect(response.status).toBe(400);
      expect(JSON.parse(response.text)).toMatchObject({ code: "invalid_path" });
    },
  );

  it("is answered for HEAD as for GET, without the body", async () => {
    for (const path of ["/v1/channels", "/v1/channels/shop", "/healthz"]) {
      const [get, head] = [await service.call("get", path), await service.call("head", path)];
      expect(head.status).toBe(get.status);
      expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
      expect(head.text).toBeUndefined();
    }
  });
});

describe("a body", () => {
  const path = "/v1/channels/shop";
  const json = { "content-type": "application/json" };

  it.each(["{", "{'a':1}", "nope", '{"a":1}}', "\0"])("that isn't JSON is told so: %j", async (body) => {
    const response = await service.call("put", path).set(json).serialize(String).send(body);
    expectProblem(response, 400, "invalid_json");
  });

  it("may have 100 kB", async () => {
    const ofLength = (length: number) =>
      JSON.stringify({ hostUserId: "x".repeat(length - '{"hostUserId":""}'.length) });
    const greatest = await service.call("put", path).set(json).serialize(String).send(ofLength(102_400));
    expectProblem(greatest, 400, "invalid_request");
    const tooGreat = await service.call("put", path).set(json).serialize(String).send(ofLength(102_401));
    expectProblem(tooGreat, 413, "too_large");
  });

  it("may not unpack to more than that", async () => {
    const response = await rawCall(
      "PUT",
      path,
      { ...json, "content-encoding": "gzip" },
      gzipSync(" ".repeat(10_000_000)),
    );
    expect(response.status).toBe(413);
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonx",
    "",
    "application/json; charset=latin1",
  ])("of type %j is not taken", async (type) => {
    const response = await rawCall("PUT", path, type === "" ? {} : { "content-type": type }, "{}");
    expect(response.status).toBe(415);
    expect(JSON.parse(response.text)).toMatchObject({ code: "unsupported_media_type" });
  });

  it("may be packed, but as it says", async () => {
    const packed = gzipSync('{"hostUserId":"packed"}');
    const response = await rawCall("PUT", path, { ...json, "content-encoding": "gzip" }, packed);
    expect(JSON.parse(response.text)).toMatchObject({ hostUserId: "packed" });
    expect((await rawCall("PUT", path, { ...json, "content-encoding": "gzip" }, "{}")).status).toBe(400);
    expect((await rawCall("PUT", path, { ...json, "content-encoding": "lzma" }, "{}")).status).toBe(415);
  });

  it("of a webhook is left to the webhooks, as raw bytes", async () => {
    await service.notifyAndWait(103, "raw", 1001);
    const unsigned = await service.anonymous.post("/webhooks/agora").set(json).serialize(String).send("{");
    expect(unsigned.status).toBe(401);
  });
});

describe("a problem", () => {
  it("is a document that fits its schema", async () => {
    const responses = [
      await service.anonymous.get("/v1/channels"),
      await service.call("get", "/v1/nothing"),
      await service.call("delete", "/v1/channels/shop"),
      await service.call("put", "/v1/channels/shop").send({ id: "x" }),
      await service.call("get", "/v1/channels/nobody"),
    ];
    for (const response of responses) {
      expect(problemAnswer.parse(response.body).status).toBe(response.status);
      expect(response.headers["cache-control"]).toBe("no-store");
    }
  });

  it("of ours keeps what broke to the log, under the request's id", async () => {
    const cause = new TypeError("secret detail");
    const knex = { raw: () => Promise.reject(cause) } as unknown as Service["database"]["knex"];
    const other = await startOther({ knex });
    const response = await other.call("get", "/v1/channels/shop").set("x-request-id", "broken-1");
    expectProblem(response, 500, "internal_error");
    expect(problemAnswer.parse(response.body).requestId).toBe("broken-1");
    expect(response.text).not.toContain("secret");
    expect(await other.lineOf("broken-1")).toMatchObject({
      level: "error",
      status: 500,
      code: "internal_error",
      err: { type: "TypeError", message: "secret detail" },
    });
  });

  it("of the database is 503, to be tried again", async () => {
    const other = await startElsewhere("postgres://nobody:none@127.0.0.1:1/none");
    for (const [method, path] of [
      ["get", "/v1/channels"],
      ["get", "/v1/channels/shop/status"],
      ["put", "/v1/channels/shop"],
      ["post", "/v1/channels/shop/recording/start"],
      ["get", "/v1/sessions/5-1"],
    ] as const) {
      const response = await other.call(method, path);
      expectProblem(response, 503, "unavailable");
      expect(response.headers["retry-after"]).toBe("5");
    }
  });

  it("of a connection that breaks under a statement is 503 too", async () => {
    const { url } = service.database;
    const log = createLogger({ level: "silent" });
    const { knex, close } = createDatabase({ url, schema: "tally", poolMax: 1, log });
    closers.push(close);
    const raw = () => knex.raw("select pg_terminate_backend(pg_backend_pid())");
    const other = await startOther({ knex: { raw } as unknown as typeof knex });
    expectProblem(await other.call("get", "/v1/channels"), 503, "unavailable");
  });
});

describe("the log", () => {
  it("has one line for each request: what was asked by its pattern, who asked and how it ended", async () => {
    const response = await service.call("get", "/v1/channels/shop/status?token=hidden").set("x-request-id", "line-1");
    expect(response.headers["x-request-id"]).toBe("line-1");
    const line = await service.lineOf("line-1");
    expect(line).toEqual({
      level: "info",
      time: line.time,
      pid: process.pid,
      requestId: "line-1",
      method: "GET",
      route: "/v1/channels/{name}/status",
      principal: "operator",
      status: 200,
      ms: expect.any(Number) as number,
      msg: "http.answered",
    });
    expect(service.lines.filter(({ requestId }) => requestId === "line-1")).toHaveLength(1);
  });

  it("says how a request was refused", async () => {
    await service.call("get", "/v1/channels/nobody").set("x-request-id", "line-2");
    expect(await service.lineOf("line-2")).toMatchObject({ level: "info", status: 404, code: "channel_unknown" });
    await service.anonymous.get("/v1/channels").set("x-request-id", "line-3");
    expect(await service.lineOf("line-3")).toMatchObject({ status: 401, code: "unauthenticated", route: null });
  });

  it("never has a token", async () => {
    await service.anonymous.get("/stage/hidden-token").set("x-request-id", "line-4").expect(403);
    expect(await service.lineOf("line-4")).toMatchObject({ route: "/stage/{token}", status: 403 });
    await rawCall("GET", "/stage/hidden-token%ff?token=hidden", { "x-request-id": "line-5" });
    await service.lineOf("line-5");
    await service.anonymous.get("/nothing/hidden?token=hidden").set("x-request-id", "line-6").expect(404);
    await service.lineOf("line-6");
    expect(JSON.stringify(service.lines)).not.toMatch(/hidden|operators-key/);
  });

  it("gives a request an id if it comes with none, or with one that can't stand in a log", async () => {
    const ids = [
      (await service.call("get", "/v1/channels")).headers["x-request-id"],
      (await service.call("get", "/v1/channels").set("x-request-id", "a b")).headers["x-request-id"],
      (await service.call("get", "/v1/channels").set("x-request-id", "x".repeat(101))).headers["x-request-id"],
    ];
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(3);
  });

  it("says when the caller went away", async () => {
    const database = new EventEmitter();
    const raw = () => {
      database.emit("asked");
      return once(database, "answered").then(() => ({ rows: [] }));
    };
    const other = await startOther({ knex: { raw } as unknown as Service["database"]["knex"] });
    const headers = { authorization: `Bearer ${apiKey}`, "x-request-id": "gone" };
    const request = httpRequest(`${other.url}/v1/channels`, { headers });
    request.on("error", () => undefined); // that of being destroyed
    request.end();
    await once(database, "asked");
    request.destroy();
    expect(await other.lineOf("gone")).toMatchObject({ status: null, aborted: true });
    database.emit("answered");
  });

  it("leaves a webhook's line to the webhooks, and probes to debug", async () => {
    const before = service.lines.length;
    await service.notifyAndWait(104, "raw", 1001);
    await service.anonymous.get("/healthz").set("x-request-id", "probe").expect(200);
    expect(await service.lineOf("probe")).toMatchObject({ level: "debug", route: "/healthz" });
    const messages = service.lines.slice(before).map(({ msg }) => msg);
    expect(messages.filter((msg) => msg === "webhook.received")).toHaveLength(1);
    expect(messages.filter((msg) => msg === "http.answered")).toHaveLength(1);
  });
});

describe("a probe", () => {
  it("finds the service alive without a database", async () => {
    const other = await startElsewhere("postgres://nobody:none@127.0.0.1:1/none");
    const response = await other.anonymous.get("/healthz").expect(200);
    expect(response.body).toEqual({ status: "ok" });
  });

  it("finds it ready when the database, its schema and the worker are", async () => {
    const response = await service.anonymous.get("/readyz").expect(200);
    expect(response.body).toEqual({ status: "ready", checks: { database: "ok", schema: "ok", worker: "ok" } });
  });

  it("finds it unready without a worker", async () => {
    const other = await startOther({ isWorkerRunning: () => false });
    const response = await other.anonymous.get("/readyz").expect(503);
    expect(response.body).toEqual({ status: "unready", checks: { database: "ok", schema: "ok", worker: "stopped" } });
  });

  it("finds it unready on a schema of another version", async () => {
    const empty = await createTestDatabase({ migrated: false });
    closers.push(empty.drop);
    const other = await startOther({ knex: empty.knex });
    const response = await other.anonymous.get("/readyz").expect(503);
    expect(response.body).toMatchObject({ checks: { database: "ok", schema: "mismatched", worker: "ok" } });
  });

  it("finds it unready without a database, also with one that never answers", async () => {
    const silent = createServer((socket) => {
      closers.push(async () => {
        socket.destroy();
        await once(socket, "close");
      });
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => silent.close(resolve)));
    for (const port of [1, (silent.address() as AddressInfo).port]) {
      const other = await startElsewhere(`postgres://nobody:none@127.0.0.1:${port}/none`);
      const startedAt = performance.now();
      const response = await other.anonymous.get("/readyz").expect(503);
      expect(response.body).toMatchObject({
        status: "unready",
        checks: { database: "unreachable", schema: "unknown", worker: "ok" },
      });
      expect(performance.now() - startedAt).toBeLessThan(4_000);
    }
  });
});

it("says nothing of what it is made of", async () => {
  const response = await service.anonymous.get("/healthz");
  expect(response.headers["x-powered-by"]).toBeUndefined();
  expect(response.headers.etag).toBeUndefined();
});
