import { describe, expect, it, onTestFinished } from "vitest";

import type { CallRecord, OnCall } from "../../src/providers/index.ts";
import { keptBody } from "../../src/providers/kept-body.ts";
import { createProviderCall, type ProviderRequest, type Result } from "../../src/providers/provider-call.ts";
import { testDeps } from "./support/deps.ts";
import { json, listen, refusingUrl, type Respond } from "./support/http-server.ts";

const request: ProviderRequest = {
  operation: "start",
  method: "POST",
  path: ["v1", "resourceid", "JyvK8nXHuV1BE64GDkAaBGEscvt", "start"],
  body: { cname: "shoes", secretKey: "named", rtmpUrl: "rtmps://live.example:443/live/pushkey", url: "request-secret" },
  secrets: ["request-secret"],
};

async function calling(respond: Respond, { onCall, before = [] }: { onCall: OnCall; before?: string[] }) {
  const { url } = await listen(respond);
  const deps = { ...testDeps(), onCall, now: () => 1_000 };
  const hosts = [...before, url].map((host) => [host]);
  const client = createProviderCall({ provider: "agora", hosts, headers: {}, secrets: ["client-secret"] }, deps);
  onTestFinished(() => client.close());
  const context = { channelId: 7, effectId: 3, attempt: 2 };
  const result = await client.call<Result>(request, { context }, (answer, errorOf) =>
    answer.answered && answer.status === 200
      ? { outcome: "done", result: { ok: true } }
      : { outcome: "final", result: { ok: false, error: errorOf(49, "no client-secret here") } },
  );
  return { result, deps, host: new URL(url).host };
}

describe("a call's record", () => {
  it("is told when the call leaves and when it is over, with its bodies but without secrets", async () => {
    const records: CallRecord[] = [];
    const { host } = await calling(
      (response, received) => {
        expect(records).toHaveLength(1);
        json(
          200,
          { sid: "s1", echo: "client-secret", token: "named" },
          { "x-request-id": "theirs" },
        )(response, received);
      },
      { onCall: (record) => records.push(record) },
    );
    const [begun, over] = records;
    expect(begun).toEqual({
      id: over?.id,
      at: 1_000,
      context: { channelId: 7, effectId: 3, attempt: 2 },
      provider: "agora",
      operation: "start",
      method: "POST",
      path: "/v1/resourceid/JyvK8nXH…/start",
      request: {
        cname: "shoes",
        secretKey: expect.stringMatching(/^\[key sha256:/) as string,
        rtmpUrl: expect.stringMatching(/^rtmps:\/\/live\.example:443\/live\/\[key sha256:\w{8}\]$/) as string,
        url: "[redacted]",
      },
      ended: null,
    });
    expect(over).toEqual({
      ...begun,
      ended: {
        ms: expect.any(Number) as number,
        host,
        status: 200,
        code: null,
        outcome: "done",
        error: null,
        requestId: "theirs",
        attempts: [],
        clock: expect.any(Number) as number,
        response: { sid: "s1", echo: "[redacted]", token: expect.stringMatching(/^\[key sha256:/) as string },
      },
    });
  });

  it("tells of a refusal, and of each exchange if there were several", async () => {
    const records: CallRecord[] = [];
    const silent = await refusingUrl();
    const { host } = await calling(json(400, "client-secret"), {
      onCall: (record) => records.push(record),
      before: [silent],
    });
    expect(records[1]?.ended).toMatchObject({
      status: 400,
      code: 49,
      outcome: "final",
      error: "no [redacted] here",
      response: "[redacted]",
      attempts: [
        { host: new URL(silent).host, outcome: "refused" },
        { host, outcome: 400 },
      ],
    });
  });

  it("has no say in what becomes of the call", async () => {
    const onCall = () => {
      throw new Error("the observer broke");
    };
    const { result, deps } = await calling(json(200, {}), { onCall });
    expect(result).toEqual({ ok: true });
    expect(deps.lines().map(({ msg }) => msg)).toEqual([
      "provider.observer_failed",
      "provider.called",
      "provider.observer_failed",
    ]);
  });
});

describe("what is kept of a body", () => {
  it("is bounded in every direction, and says what is missing", () => {
    const body = {
      list: Array.from({ length: 10_000 }, (_, i) => ({ i })),
      text: "x".repeat(5_000),
      wide: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`m${i}`, i])),
      deep: { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } },
    };
    const kept = keptBody(body, []) as typeof body;
    expect(kept.list).toHaveLength(11);
    expect(kept.list.at(-1)).toBe("… 9990 more");
    expect(kept.text).toBe(`${"x".repeat(300)}…`);
    expect(Object.keys(kept.wide)).toHaveLength(51);
    expect(JSON.stringify(kept.deep)).toBe('{"a":{"b":{"c":{"d":{"e":{"f":{"g":"…"}}}}}}}');
    const long = keptBody(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`m${i}`, "y".repeat(290)])), []);
    expect(long).toMatch(/^\{"m0":"y+.*…$/);
    expect((long as string).length).toBe(4_001);
  });

  it("holds no half of a secret that stands where it is cut", () => {
    const secret = "SECRET-0123456789";
    expect(JSON.stringify(keptBody({ text: "x".repeat(295) + secret }, [secret]))).not.toContain("SECR");
    expect(JSON.stringify(keptBody({ text: `${"x".repeat(285)}rtmp://a/live/pushkey-012` }, []))).not.toContain(
      "pushk",
    );
  });

  it("is what Postgres takes", () => {
    expect(keptBody({ "a\0": "\0", half: "\ud83d", cut: `${"x".repeat(299)}😀` }, [])).toEqual({
      "a\uFFFD": "\uFFFD",
      half: "\uFFFD",
      cut: `${"x".repeat(299)}\uFFFD…`,
    });
    expect(keptBody(undefined, [])).toBeNull();
  });
});
