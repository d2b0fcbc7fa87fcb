import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";

import express from "express";
import request from "supertest";
import { afterEach, describe, expect, it } from "vitest";

import { createLogger } from "../../src/log.ts";
import { createWebhookRouter } from "../../src/webhooks/index.ts";
import { type Door, fixture, fixtures, memoryLog, now, secrets, serveWebhooks, sign } from "./support.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(options: Partial<Parameters<typeof serveWebhooks>[0]> = {}) {
  const log = memoryLog();
  const server = await serveWebhooks({ append: log.append, ...options });
  closers.push(server.close);
  const post = (door: Door, body: string | Buffer, headers: Record<string, string> = sign(door, body)) =>
    request(server.url).post(door).set("content-type", "application/json").set(headers).serialize(String).send(body);
  return { ...server, events: log.events, post };
}

const doors: Door[] = ["/agora", "/cloudflare/live", "/cloudflare/video"];

describe("a signed webhook", () => {
  it("is stored and answered 200 with JSON, whatever it is", async () => {
    const { post, events } = await serve();
    for (const { door, bytes } of fixtures) {
      const response = await post(door, bytes.toString("utf8"));
      expect(response.status).toBe(200);
      expect(response.type).toBe("application/json");
      expect(response.body).toEqual({ received: true });
    }
    expect(events).toHaveLength(fixtures.length);
  });

  it("is appended with its envelope, its payload without secrets, the hash of its bytes and a few headers", async () => {
    const { post, events } = await serve();
    const { bytes } = fixture("recording.100.json");
    const headers = {
      ...sign("/agora", bytes),
      "user-agent": "Agora",
      "x-forwarded-for": "203.0.113.7",
      "x-request-id": "r-1",
      "cf-ray": "9f1b-SEA",
      authorization: "Basic c2VjcmV0",
      cookie: "a=b",
    };
    await post("/agora", bytes.toString("utf8"), headers).expect(200);
    const sent = JSON.parse(bytes.toString("utf8")) as { noticeId: string; payload: { details: object } };
    expect(events).toEqual([
      {
        source: "agora",
        type: "recording.100",
        dedupeKey: `3:100:${sent.noticeId}`,
        route: { kind: "channel", key: "channel_42" },
        occurredAt: expect.any(Date) as Date,
        payload: {
          ...sent,
          payload: {
            ...sent.payload,
            details: {
              ...sent.payload.details,
              rtmpUrl: "rtmps://live.cloudflare.com:443/live/[key sha256:1a583799]",
            },
          },
        },
        raw: null,
        bodySha256: createHash("sha256").update(bytes).digest("hex"),
        headers: {
          "content-type": "application/json",
          "user-agent": "Agora",
          "x-forwarded-for": "203.0.113.7",
          "x-request-id": "r-1",
          "cf-ray": "9f1b-SEA",
        },
      },
    ]);
  });

  it("is a 200 again when it is sent again, and says so", async () => {
    const { post, events, lines } = await serve();
    for (const door of doors) {
      const body = JSON.stringify({ nonce: door });
      await post(door, body).expect(200, { received: true });
      await post(door, body).expect(200, { received: true, duplicate: true });
    }
    expect(events).toHaveLength(3);
    expect(lines.map((line) => line.duplicate)).toEqual([false, true, false, true, false, true]);
  });

  it("may be of any content type, empty, and without a body at all", async () => {
    const { url, events } = await serve();
    await request(url)
      .post("/agora")
      .set("content-type", "text/plain")
      .set(sign("/agora", "hello"))
      .send("hello")
      .expect(200);
    await request(url).post("/agora").set(sign("/agora", "")).expect(200);
    await request(url)
      .post("/cloudflare/live")
      .set("content-length", "0")
      .set(sign("/cloudflare/live", ""))
      .expect(200);
    expect(events.map(({ type, raw }) => [type, raw])).toEqual([
      ["ncs.unknown", "hello"],
      ["ncs.unknown", ""],
      ["unknown", ""],
    ]);
  });

  it("may be up to 1 MiB", async () => {
    const { post, events } = await serve();
    const body = JSON.stringify("x".repeat(1024 * 1024 - 2));
    await post("/agora", body).expect(200);
    expect(events).toHaveLength(1);
  });
});

describe("a webhook that nobody we know signed", () => {
  it("is a 401 problem that tells no cause, is not stored, and its cause is in our log", async () => {
    const { post, events, lines } = await serve();
    for (const door of doors) {
      for (const headers of [{}, sign(door === "/agora" ? "/cloudflare/live" : "/agora", "{}")]) {
        const response = await post(door, "{}", headers);
        expect(response.status).toBe(401);
        expect(response.type).toBe("application/problem+json");
        expect(response.body).toEqual({
          type: "about:blank",
          title: "Unauthorized",
          status: 401,
          code: "unauthenticated",
          detail: "The webhook's signature or secret is missing or wrong.",
        });
      }
    }
    expect(events).toEqual([]);
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      expect(line).toMatchObject({ level: "warn", outcome: "unauthenticated", why: expect.any(String) as string });
    }
  });

  it("is refused when the body was written anew on its way, though it be the same JSON", async () => {
    const { post, events } = await serve();
    const { bytes } = fixture("rtc.103.json");
    const rewritten = JSON.stringify(JSON.parse(bytes.toString("utf8")));
    await post("/agora", rewritten, sign("/agora", bytes)).expect(401);
    expect(events).toEqual([]);
  });

  it("is refused where no secret is configured", async () => {
    const { post } = await serve({ secrets: { agora: [], cloudflareNotification: [], cloudflareStream: [] } });
    for (const door of doors) await post(door, "{}").expect(401);
  });

  it("is refused as a Stream webhook once it is more than five minutes old, or new by a clock ahead of ours", async () => {
    let clock = now;
    const { post } = await serve({ now: () => clock });
    for (const [skew, status] of [
      [300_000, 200],
      [300_001, 401],
      [-300_000, 200],
      [-300_001, 401],
    ] as const) {
      clock = now + skew;
      const response = await post("/cloudflare/video", "{}");
      expect([skew, response.status]).toEqual([skew, status]);
    }
  });
});

describe("a request that is no webhook", () => {
  it("is a 413 problem beyond 1 MiB, announced or not", async () => {
    const { url, post, events, lines } = await serve();
    const body = "x".repeat(1024 * 1024 + 1);
    const response = await post("/agora", body);
    expect(response.status).toBe(413);
    expect(response.type).toBe("application/problem+json");
    expect(response.body).toMatchObject({ status: 413, code: "too_large" });
    expect(await postChunked(`${url}/agora`, body, sign("/agora", body))).toBe(413);
    expect(events).toEqual([]);
    expect(lines.map(({ outcome }) => outcome)).toEqual(["too_large", "too_large"]);
  });

  it("is a 415 problem if its body is encoded", async () => {
    const { url, events } = await serve();
    const body = gzipSync("{}");
    const response = await request(url)
      .post("/agora")
      .set({ ...sign("/agora", body), "content-encoding": "gzip", "content-type": "application/octet-stream" })
      .send(body);
    expect(response.status).toBe(415);
    expect(response.type).toBe("application/problem+json");
    expect(response.body).toMatchObject({ status: 415, code: "encoded" });
    expect(events).toEqual([]);
  });

  it("is forgotten if it breaks off, and leaves a line in our log", async () => {
    const logged = deferred<Record<string, unknown>>();
    const destination = { write: (line: string) => logged.resolve(JSON.parse(line) as Record<string, unknown>) };
    const { url, events } = await serve({ log: createLogger({ level: "info", destination }) });
    const headers = { ...sign("/agora", "{}"), "content-length": 100 };
    const outgoing = httpRequest(`${url}/agora`, { method: "POST", headers });
    outgoing.on("error", () => undefined);
    outgoing.write("{", () => outgoing.destroy());
    expect(await logged.promise).toMatchObject({ level: "warn", outcome: "broken_off" });
    expect(events).toEqual([]);
  });

  it("is a 405 problem with Allow if it isn't a POST", async () => {
    const { url, events } = await serve();
    for (const door of doors) {
      for (const method of ["get", "put", "patch", "delete", "options"] as const) {
        const response = await request(url)[method](door).set(sign(door, ""));
        expect(response.status).toBe(405);
        expect(response.headers.allow).toBe("POST");
        expect(response.type).toBe("application/problem+json");
        expect(response.body).toMatchObject({ status: 405, code: "method_not_allowed" });
      }
    }
    expect(events).toEqual([]);
  });

  it("is left to the rest of the app if its path is no webhook's", async () => {
    const { url } = await serve();
    await request(url).post("/elsewhere").expect(404);
  });
});

describe("a webhook that can't be stored", () => {
  it("is a 503 problem with Retry-After and without the cause, which is in our log", async () => {
    const append = () => Promise.reject(new Error("connection to 10.1.2.3 lost"));
    const { post, lines } = await serve({ append });
    const response = await post("/agora", fixture("rtc.103.json").bytes.toString("utf8"));
    expect(response.status).toBe(503);
    expect(response.headers["retry-after"]).toBe("5");
    expect(response.type).toBe("application/problem+json");
    expect(response.body).toMatchObject({ status: 503, code: "not_stored" });
    expect(response.text).not.toContain("10.1.2.3");
    expect(lines).toEqual([
      expect.objectContaining({
        level: "error",
        outcome: "not_stored",
        type: "rtc.103",
        err: expect.objectContaining({ message: "connection to 10.1.2.3 lost" }) as object,
      }),
    ]);
  });

  it("is a 503 too if append throws instead of rejecting", async () => {
    const append = () => {
      throw new Error("closed");
    };
    const { post } = await serve({ append });
    await post("/agora", "{}").expect(503);
  });
});

it("answers only after append has resolved", async () => {
  const asked = deferred<undefined>();
  const stored = deferred<undefined>();
  const { post } = await serve({
    append: async () => {
      asked.resolve(undefined);
      await stored.promise;
      return { id: 1, duplicate: false };
    },
  });
  let answered = false;
  const response = post("/agora", "{}").then((answer) => {
    answered = true;
    return answer;
  });
  await asked.promise;
  expect(answered).toBe(false);
  stored.resolve(undefined);
  expect((await response).status).toBe(200);
});

it("writes one log line a delivery", async () => {
  const { post, lines } = await serve();
  const { bytes } = fixture("rtc.103.json");
  await post("/agora", bytes.toString("utf8"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    level: "info",
    msg: "webhook.received",
    source: "agora",
    path: "/agora",
    outcome: "stored",
    type: "rtc.103",
    dedupeKey: expect.stringMatching(/^1:103:/) as string,
    route: { kind: "channel", key: "channel_42" },
    eventId: 1,
    duplicate: false,
    bytes: bytes.length,
    ms: expect.any(Number) as number,
  });
});

describe("createWebhookRouter", () => {
  const { append } = memoryLog();
  const log = createLogger({ level: "silent" });

  it("refuses a blank secret", () => {
    for (const blank of ["", " ", "\n"]) {
      expect(() => createWebhookRouter({ secrets: { ...secrets, agora: ["a", blank] }, append, log })).toThrow(
        "secrets.agora holds a blank secret",
      );
    }
  });

  it("fails loudly behind a body parser, since the raw bytes are gone", async () => {
    const errors: unknown[] = [];
    const app = express()
      .use(express.json())
      .use("/webhooks", createWebhookRouter({ secrets, append, log }))
      .use((error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
        errors.push(error);
        response.status(500).end();
      });
    const server = app.listen(0, "127.0.0.1");
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    await request(server).post("/webhooks/agora").set(sign("/agora", "{}")).send({ a: 1 }).expect(500);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("mount it first") as string })]);
  });
});

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Sends a body without announcing its length; resolves to the status. */
function postChunked(url: string, body: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on("error", reject);
    outgoing.write(body.slice(0, 1000));
    outgoing.end(body.slice(1000));
  });
}
