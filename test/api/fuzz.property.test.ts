import { request as httpRequest } from "node:http";

import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import { runs } from "../support/fast-check.ts";
import { apiKey, type Service, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(() => {
  service = started();
});
afterAll(() => {
  expect(service.lines.filter(({ level }) => level === "error")).toEqual([]);
});

const method = fc.constantFrom("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "PROPFIND");

/** What a path segment can hold, encoded or as it is. */
const segment = fc.oneof(
  fc.constantFrom("channel_1", "shop", "%00", "%2F", "%2e%2e", "%ZZ", "%E0%A4%A", "1-1", "", "*", "__proto__", "~"),
  fc.string({ unit: "binary", maxLength: 70 }).map(encodeURIComponent),
  fc.stringMatching(/^[\w!$&'()+,;=:@.~-]{1,20}$/),
);
const query = fc.oneof(
  fc.constant(""),
  fc
    .array(
      fc.tuple(
        fc.constantFrom("limit", "after", "before", "since", "type", "active", "token", "limit[]", "__proto__"),
        fc.oneof(
          fc.constantFrom("1", "0", "-1", "1e3", "true", "%00", "%ff", "NaN", "Infinity", "9".repeat(400)),
          segment,
        ),
      ),
      { maxLength: 3 },
    )
    .map((members) => `?${members.map(([name, value]) => `${name}=${value}`).join("&")}`),
);
const path = fc
  .tuple(
    fc.oneof(
      fc.tuple(fc.constant("channels"), segment),
      fc.tuple(fc.constant("channels"), segment, fc.constantFrom("status", "sessions")),
      fc.tuple(fc.constant("channels"), segment, fc.constant("recording"), fc.constantFrom("start", "stop")),
      fc.tuple(fc.constantFrom("sessions", "events", "effects"), segment),
      fc.tuple(fc.constantFrom("sessions", "events", "effects", "replays")),
      fc.tuple(fc.constant("effects"), segment, fc.constant("retry")),
      fc.tuple(fc.constant("replays"), fc.constant("plan")),
      fc.tuple(fc.constant("channels")),
      fc.array(segment, { maxLength: 5 }),
    ),
    query,
  )
  .map(([segments, rest]) => `/v1/${segments.join("/")}${rest}`);

const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom("\0", "\ud800", 1e308, -0, 900_000_000, 2 ** 32 - 1, "media-push", null, "x".repeat(201)),
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.record({ id: value, hostUserId: value, hostUid: value, relayMode: value }, { requiredKeys: [] }).map(toJson),
  fc.record({ hostUid: fc.integer({ min: 1, max: 2 ** 32 - 1 }), hostUserId: fc.string() }).map(toJson),
  fc
    .record({ ids: fc.oneof(value, fc.array(value)), since: value, type: value, act: value }, { requiredKeys: [] })
    .map(toJson),
  fc.dictionary(fc.string(), value).map(toJson),
  fc.json(),
  fc.string(),
  fc.constantFrom("[".repeat(50_000), '{"a":'.repeat(10_000)),
);
const headers = fc.record(
  {
    "content-type": fc.constantFrom("application/json", "text/plain", "application/json; charset=utf-16", ";", "a/b/c"),
    "content-encoding": fc.constantFrom("gzip", "br", "deflate", "identity", "nope"),
    "if-none-match": fc.constantFrom("*", '"0"', ",,,", 'W/"', "\xff"),
    "x-request-id": fc.stringMatching(/^[ -~]{0,120}$/),
    accept: fc.constantFrom("text/html", "*/*;q=x"),
    expect: fc.constant("100-continue"),
  },
  { requiredKeys: [] },
);

function toJson(content: unknown): string {
  return JSON.stringify(content);
}

interface Received {
  status: number;
  type: string;
  text: string;
}

/** Sent as it is, without a client's tidying up. */
function send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Received> {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = httpRequest(service.url, { method, path, headers: { ...headers, ...length } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text });
      });
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

it("answers whatever it is sent, and never with a 5xx", async () => {
  await fc.assert(
    fc.asyncProperty(method, path, headers, body, async (method, path, headers, body) => {
      const authorization = `Bearer ${apiKey}`;
      const sent = { "content-type": "application/json", ...headers, authorization };
      const received = await send(method, path, sent, body);
      expect(received.status).toBeGreaterThanOrEqual(200);
      expect(received.status).toBeLessThan(500);
      if (method === "HEAD" || received.status === 304) expect(received.text).toBe("");
      else if (received.status < 400) expect(JSON.parse(received.text)).toBeTypeOf("object");
      else {
        expect(received.type).toContain("application/problem+json");
        expect(JSON.parse(received.text)).toMatchObject({ status: received.status });
      }
    }),
    runs(400),
  );
});

it("refuses whatever comes without the key", async () => {
  const authorization = fc.oneof(
    fc.constantFrom("", "Bearer", "Bearer ", "Basic Og==", apiKey),
    fc.stringMatching(/^[!-~]{0,40}$/).map((key) => `Bearer ${key}`),
    fc.stringMatching(/^[ -~]{0,40}$/),
  );
  const before = await service.countEvents();
  await fc.assert(
    fc.asyncProperty(method, path, headers, body, authorization, async (method, path, headers, body, authorization) => {
      const received = await send(method, path, { ...headers, authorization }, body);
      expect(received.status).toBe(401);
    }),
    runs(200),
  );
  expect(await service.countEvents()).toBe(before);
});
