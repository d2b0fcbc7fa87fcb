import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { Service } from "../api/service.ts";
import { runs } from "../support/fast-check.ts";
import { anyBody, forgedHeaders } from "../webhooks/arbitrary-bodies.ts";
import type { Door } from "../webhooks/support.ts";
import { countWebhooks, faults, signNow, useFrontDoor } from "./service.ts";

const started = useFrontDoor();
let service: Service;
beforeAll(() => {
  service = started();
});
afterAll(async () => {
  await service.settled();
  expect(faults(service)).toEqual([]);
  const { rows } = await service.database.knex.raw<{ rows: object[] }>(
    `select type, note from ${service.database.schema}.events where status = 'failed'`,
  );
  expect(rows).toEqual([]);
});

/** Headers that nobody signs, which a provider, a proxy or an attacker may send. */
const unsigned = fc.record(
  {
    "content-type": fc.constantFrom(
      "application/json",
      "text/plain; charset=utf-16",
      "multipart/form-data",
      ";",
      "\xff",
    ),
    "user-agent": fc.stringMatching(/^[ -~\xa0-\xff]{1,200}$/),
    "x-forwarded-for": fc.constantFrom("203.0.113.7", "unknown", "::1, 10.0.0.1:80", "x".repeat(4_000)),
    "x-request-id": fc.stringMatching(/^[!-~]{1,100}$/),
    "content-encoding": fc.constantFrom("identity", "IDENTITY", ""),
    cookie: fc.constant("__proto__=1; constructor=2"),
    origin: fc.constant("https://elsewhere.example.com"),
  },
  { requiredKeys: [] },
);

it("stores every signed body once, whatever it is and however often it comes, and answers 200", async () => {
  await fc.assert(
    fc.asyncProperty(anyBody, unsigned, unsigned, async ({ door, body }, first, second) => {
      const before = await countWebhooks(service);
      const response = await post(door, body, { ...first, ...signNow(door, body) });
      const answer = (await response.json()) as { duplicate?: boolean };
      expect(response.status).toBe(200);
      const known = answer.duplicate === true ? 0 : 1; // fast-check repeats itself
      expect(await countWebhooks(service)).toBe(before + known);

      const again = await post(door, body, { ...second, ...signNow(door, body) });
      expect([again.status, await again.json()]).toEqual([200, { received: true, duplicate: true }]);
      expect(await countWebhooks(service)).toBe(before + known);
    }),
    runs(100),
  );
});

it("stores nothing that isn't signed, and answers 401", async () => {
  const before = await countWebhooks(service);
  await fc.assert(
    fc.asyncProperty(anyBody, unsigned, forgedHeaders, async ({ door, body }, headers, forged) => {
      const response = await post(door, body, { ...headers, ...forged });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: "unauthenticated" });
    }),
    runs(200),
  );
  expect(await countWebhooks(service)).toBe(before);
});

it("stores no body that differs from the signed one, nor one signed for another door", async () => {
  const before = await countWebhooks(service);
  const change = fc.oneof(
    fc.nat().map((at) => (body: Buffer) => Buffer.concat([body.subarray(0, at % (body.length + 1)), Buffer.from(" ")])),
    fc.nat().map((at) => (body: Buffer) => body.subarray(0, at % Math.max(1, body.length))),
    fc.constant((body: Buffer) => Buffer.concat([body, Buffer.from("\n")])),
  );
  await fc.assert(
    fc.asyncProperty(anyBody, change, async ({ door, body }, changed) => {
      const other = changed(body);
      fc.pre(!other.equals(body));
      // Cloudflare's notifications are not signed: whoever knows the secret may say anything.
      const signature = door === "/cloudflare/live" ? signNow("/agora", body) : signNow(door, body);
      const response = await post(door, other, signature);
      expect(response.status).toBe(401);
      expect((await post(elsewhere[door], body, signNow(door, body))).status).toBe(401);
    }),
    runs(100),
  );
  expect(await countWebhooks(service)).toBe(before);
});

it.each([1e300, -1e300, 9e15, -1, 0, 1e-300])("a channel goes on after a host joined at second %s", async (ts) => {
  const payload = { channelName: `odd ${ts}`, uid: 7, clientSeq: 1, ts, platform: 7 };
  const body = Buffer.from(JSON.stringify({ noticeId: `at ${ts}`, productId: 1, eventType: 103, payload }));
  expect((await post("/agora", body, signNow("/agora", body))).status).toBe(200);
  await service.settled();
  await service.call("get", `/v1/channels/${encodeURIComponent(payload.channelName)}/status`);
  expect(faults(service)).toEqual([]);
});

it("a channel goes on after an event with what Postgres refuses", async () => {
  const now = Math.floor(Date.now() / 1000);
  const send = async (body: object) => {
    const bytes = Buffer.from(JSON.stringify(body));
    expect((await post("/agora", bytes, signNow("/agora", bytes))).status).toBe(200);
    await service.settled();
  };
  const join = { channelName: "poisoned", uid: 7, clientSeq: 1, ts: now, platform: 7 };
  await send({ noticeId: "first", productId: 1, eventType: 103, notifyMs: now * 1000, payload: join });
  const before = await service.call("get", "/v1/channels/poisoned/status").expect(200);
  const { channelId } = before.body as { channelId: number };
  for (const sid of ["\0", "\ud800"]) {
    const payload = {
      cname: "poisoned",
      uid: `${999_000 + channelId}`,
      sid,
      sequence: 1,
      sendts: now * 1000,
      details: {},
    };
    await send({ noticeId: `sid ${JSON.stringify(sid)}`, productId: 3, eventType: 70, notifyMs: now * 1000, payload });
  }
  const leave = { ...join, clientSeq: 2, reason: 1, duration: 1 };
  await send({ noticeId: "last", productId: 1, eventType: 104, notifyMs: now * 1000, payload: leave });
  const after = await service.call("get", "/v1/channels/poisoned/status").expect(200);
  expect(after.body).toMatchObject({ host: { present: false } });
});

const elsewhere: Record<Door, Door> = {
  "/agora": "/cloudflare/video",
  "/cloudflare/live": "/agora",
  "/cloudflare/video": "/cloudflare/live",
};

function post(door: Door, body: Buffer, headers: Record<string, string>): Promise<Response> {
  return fetch(`${service.url}/webhooks${door}`, { method: "POST", headers, body: new Uint8Array(body) });
}
