import { describe, expect, it, onTestFinished } from "vitest";

import type { ProviderDeps, Slot } from "../../src/providers/index.ts";
import {
  createProviderCall,
  type Judge,
  type ProviderRequest,
  type Result,
} from "../../src/providers/provider-call.ts";
import { namedSlot, testDeps } from "./support/deps.ts";
import { inTurn, json, listen, type Respond } from "./support/http-server.ts";

const request: ProviderRequest = {
  operation: "query",
  method: "GET",
  path: ["v1", "resourceid", "JyvK8nXHuV1BE64GDkAaBGEscvt", "query"],
  secrets: ["request-secret"],
};

const judge: Judge<Result> = (answer, errorOf) => {
  if (!answer.answered) return { outcome: "retry", result: { ok: false, error: errorOf(null, answer.words) } };
  if (answer.status === 200) return { outcome: "done", result: { ok: true } };
  return { outcome: "final", result: { ok: false, error: errorOf(9, `said ${JSON.stringify(answer.body)}`) } };
};

async function provider(respond: Respond, given: Partial<ProviderDeps> = {}) {
  const { url, received } = await listen(respond);
  const deps = testDeps();
  const settings = { provider: "agora", hosts: [[url]], headers: {}, secrets: ["client-secret"] } as const;
  const client = createProviderCall(settings, { ...deps, ...given });
  onTestFinished(() => client.close());
  return { client, received, deps, host: new URL(url).host };
}

describe("slots", () => {
  it("are taken and awaited before the request leaves", async () => {
    const { client, deps } = await provider((response, received) => {
      deps.happened.push("request");
      json(200, {})(response, received);
    });
    await client.call(request, {}, judge);
    expect(deps.happened).toEqual(["reserve agora 1", "slot 1 ready", "request"]);
  });

  it("are not taken when the caller brings one", async () => {
    const { client, deps } = await provider(json(200, {}));
    await client.call(request, { slot: namedSlot("mine", deps.happened) }, judge);
    expect(deps.happened).toEqual(["mine ready"]);
  });

  it("stop the call when the lease is lost", async () => {
    const { client, received, deps } = await provider(json(200, {}));
    const slot: Slot = { ready: () => Promise.reject(new Error("lease lost")) };
    await expect(client.call(request, { slot }, judge)).rejects.toThrow("lease lost");
    expect(received).toEqual([]);
    expect(deps.lines()).toEqual([]);
  });
});

describe("a pause that the provider asks for", () => {
  it.each([429, 503])("holds everybody back: %d", async (status) => {
    const { client, deps } = await provider(json(status, {}, { "retry-after": "4" }));
    await client.call(request, {}, judge);
    expect(deps.held).toEqual([{ provider: "agora", ms: 4_000 }]);
  });

  it("may be a date, read by our clock", async () => {
    const now = Date.parse("2026-03-01T12:00:00Z");
    const date = "Sun, 01 Mar 2026 12:00:30 GMT";
    const { client, deps } = await provider(json(429, {}, { "retry-after": date }), { now: () => now });
    await client.call(request, {}, judge);
    expect(deps.held).toEqual([{ provider: "agora", ms: 30_000 }]);
  });

  it("is a second when a 429 doesn't say", async () => {
    const { client, deps } = await provider(json(429, {}));
    await client.call(request, {}, judge);
    expect(deps.held).toEqual([{ provider: "agora", ms: 1_000 }]);
  });

  it.each([
    [200, { "retry-after": "4" }],
    [500, { "retry-after": "4" }],
    [503, {}],
  ])("is nobody else's matter otherwise: %d %j", async (status, headers) => {
    const { client, deps } = await provider(json(status, {}, headers));
    await client.call(request, {}, judge);
    expect(deps.held).toEqual([]);
  });

  it("does not cost the answer when it cannot be recorded", async () => {
    const deps = testDeps();
    const slots = { ...deps.slots, holdBack: () => Promise.reject(new Error("no database")) };
    const { client } = await provider(json(429, {}), { ...deps, slots });
    expect(await client.call(request, {}, judge)).toMatchObject({ ok: false, error: { status: 429 } });
    expect(deps.lines()).toMatchObject([
      { msg: "provider.called" },
      { msg: "provider.hold_back_failed", level: "warn", err: { message: "no database" } },
    ]);
  });
});

describe("the line provider.called", () => {
  it("is one a call, with the caller's ids and shortened ones of the provider", async () => {
    const { client, deps, host } = await provider(json(200, {}));
    await client.call(request, { context: { channel: "shoes", attempt: 2 } }, judge);
    const [line, ...more] = deps.lines();
    expect(more).toEqual([]);
    expect(line).toEqual({
      level: "info",
      time: expect.any(String) as string,
      pid: process.pid,
      msg: "provider.called",
      channel: "shoes",
      attempt: 2,
      provider: "agora",
      operation: "query",
      host,
      method: "GET",
      path: "/v1/resourceid/JyvK8nXH…/query",
      status: 200,
      ms: expect.any(Number) as number,
      outcome: "done",
    });
  });

  it("says what went wrong, without what must not be said", async () => {
    const echo = { seen: ["client-secret", "request-secret", "rtmps://a.example/live/key"], long: "x".repeat(400) };
    const { client, deps } = await provider(json(400, echo));
    const result = await client.call(request, {}, judge);
    const message = `said {"seen":["[redacted]","[redacted]","[url]"],"long":"${"x".repeat(400)}"}`.slice(0, 300);
    expect(result).toEqual({
      ok: false,
      error: { provider: "agora", operation: "query", status: 400, code: 9, message },
    });
    expect(deps.lines()).toMatchObject([{ level: "warn", status: 400, code: 9, outcome: "final", error: message }]);
  });

  it("has the ids by which the provider finds the request: the answer's, else ours", async () => {
    const ids = { "x-request-id": "theirs", "x-resource-id": "4c014467d647bb87b60b719f6fa57686" };
    const answers = inTurn(json(200, {}, ids), json(200, {}));
    const { client, deps, received } = await provider(answers);
    await client.call({ ...request, requestId: "ours" }, {}, judge);
    await client.call({ ...request, requestId: "ours" }, {}, judge);
    expect(deps.lines()).toMatchObject([
      { requestId: "theirs", resourceId: ids["x-resource-id"] },
      { requestId: "ours" },
    ]);
    expect(received).toMatchObject([{ headers: { "x-request-id": "ours" } }, { headers: { "x-request-id": "ours" } }]);
  });

  it("has no status when no answer came", async () => {
    const { client, deps } = await provider((response) => response.destroy());
    expect(await client.call(request, {}, judge)).toMatchObject({ ok: false, error: { status: null, code: null } });
    expect(deps.lines()).toMatchObject([
      { level: "warn", status: null, outcome: "retry", error: "no answer: ECONNRESET" },
    ]);
  });
});
