import fetch from "node-fetch";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type * as bodyModule from "../../src/webhooks/body.ts";
import type * as digestModule from "../../src/webhooks/digest.ts";
import { createReceptionLog } from "../../src/webhooks/log-reception.ts";
import type { Door as WebhookDoor } from "../../src/webhooks/receive.ts";
import { logLines } from "../support/log-lines.ts";
import { type RawSocket, rawSocket, statusesIn, wire } from "../support/raw-socket.ts";
import { type Door, memoryLog, now, secrets, serveWebhooks, sign } from "./support.ts";

const work = vi.hoisted(() => ({ hmacs: 0, bodies: 0 }));
vi.mock("../../src/webhooks/digest.ts", async (original) => {
  const digest = await original<typeof digestModule>();
  const hmac: typeof digest.hmac = (...of) => {
    work.hmacs++;
    return digest.hmac(...of);
  };
  return { ...digest, hmac };
});
vi.mock("../../src/webhooks/body.ts", async (original) => {
  const body = await original<typeof bodyModule>();
  const readBody: typeof body.readBody = (...given) => {
    work.bodies++;
    return body.readBody(...given);
  };
  return { ...body, readBody };
});

const closers: (() => unknown)[] = [];
beforeEach(() => Object.assign(work, { hmacs: 0, bodies: 0 }));
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(options: Partial<Parameters<typeof serveWebhooks>[0]> = {}) {
  const log = memoryLog();
  const server = await serveWebhooks({ append: log.append, ...options });
  closers.push(server.close);
  const socket = async () => {
    const made = await rawSocket(server.url);
    closers.push(() => made.socket.destroy());
    return made;
  };
  return { ...server, events: log.events, socket };
}

const doors: Door[] = ["/agora", "/cloudflare/live", "/cloudflare/video"];
const hex = "0".repeat(64);

function post(door: Door, headers: Record<string, string | number>, body: string | Uint8Array = ""): Buffer {
  return wire(`POST /webhooks${door}`, { host: "tally", ...headers }, body);
}

describe("a webhook that its headers refuse", () => {
  const refusals: [string, Door, Record<string, string>, number][] = [
    ["without a signature", "/agora", {}, 401],
    ["with a signature of another length", "/agora", { "agora-signature-v2": "00" }, 401],
    ["with two signatures", "/agora", { "agora-signature-v2": `${hex}, ${hex}` }, 401],
    ["with another secret", "/cloudflare/live", { "cf-webhook-auth": "other" }, 401],
    ["without a signature", "/cloudflare/video", {}, 401],
    ["too old", "/cloudflare/video", { "webhook-signature": `time=${now / 1000 - 301},sig1=${hex}` }, 401],
    ["too new", "/cloudflare/video", { "webhook-signature": `time=${now / 1000 + 301},sig1=${hex}` }, 401],
    ["with an encoded body", "/agora", { "content-encoding": "br", "agora-signature-v2": hex }, 415],
  ];

  it.each(refusals)("(%s, %s) is answered before a byte of its body came", async (_what, door, headers, status) => {
    const { socket, events, lines } = await serve();
    const { send, has } = await socket();
    send(post(door, { ...headers, "content-length": 1000 }));
    expect(statusesIn(await has("\r\n\r\n{"))).toEqual([status]);
    expect(events).toEqual([]);
    expect(lines).toEqual([expect.objectContaining({ level: "warn", bytes: null })]);
    expect(work).toEqual({ hmacs: 0, bodies: 0 });
  });

  it("is a 413 at once if it announces too much, signed or not", async () => {
    const { socket } = await serve();
    for (const door of doors) {
      for (const headers of [{}, sign(door, "{}")]) {
        const { send, has } = await socket();
        send(post(door, { ...headers, "content-length": 1024 * 1024 + 1 }));
        expect(statusesIn(await has("too_large"))).toEqual([413]);
      }
    }
  });
});

describe("a webhook with a wrong signature", () => {
  const signatures = Array.from({ length: 10 }, (_, i) => `sig${i + 1}=${hex}`).join(",");
  it.each<[Door, Record<string, string>, number]>([
    ["/agora", { "agora-signature-v2": hex, "agora-signature": "0".repeat(40) }, secrets.agora.length],
    ["/agora", { "agora-signature": "0".repeat(40) }, secrets.agora.length],
    ["/cloudflare/video", { "webhook-signature": `time=${now / 1000},${signatures}` }, secrets.cloudflareStream.length],
  ])("at %s costs one HMAC for each secret, and its body is never parsed", async (door, headers, hmacs) => {
    const { socket, events } = await serve();
    const { send, has } = await socket();
    send(post(door, { ...headers, "content-length": 2 }, "{}"));
    expect(statusesIn(await has("unauthenticated"))).toEqual([401]);
    expect(work).toEqual({ hmacs, bodies: 0 });
    expect(events).toEqual([]);
  });
});

describe("a body in pieces", () => {
  it("is taken as it is, however it is cut up", async () => {
    const { socket, events } = await serve();
    const body = Buffer.from(JSON.stringify({ text: "ü".repeat(1500) }));
    const { send, has } = await socket();
    send(post("/agora", { ...sign("/agora", body), "transfer-encoding": "chunked" }));
    for (const byte of body) send(Buffer.from([0x31, 13, 10, byte, 13, 10]));
    send("0\r\n\r\n");
    expect(statusesIn(await has("received"))).toEqual([200]);
    expect(events).toMatchObject([{ payload: { text: "ü".repeat(1500) } }]);
  });

  it("is refused when its pieces are a million chunks of one byte, long before the last", async () => {
    const { socket, events } = await serve();
    const { send, has } = await socket();
    send(post("/agora", { "agora-signature-v2": hex, "transfer-encoding": "chunked" }));
    send("1\r\nx\r\n".repeat(5_000));
    expect(statusesIn(await has("too_large"))).toEqual([413]);
    expect(events).toEqual([]);
  });
});

describe("bodies that together would take too much memory", () => {
  const limits = { most: 10_000, mostTogether: 25_000 };

  async function hold(socket: () => Promise<RawSocket>, bytes: number): Promise<RawSocket> {
    const held = await socket();
    held.send(post("/agora", { "agora-signature-v2": hex, "content-length": 10_000 }, "x".repeat(bytes)));
    return held;
  }

  it("are refused, the largest first, with a 503 that asks for another try; small ones pass", async () => {
    const { socket, events, lines } = await serve({ bodyLimits: limits });
    const large = [];
    for (const bytes of [9_000, 9_100, 9_200]) large.push(await hold(socket, bytes));
    const answers = await Promise.race(large.map(({ has }) => has("crowded_out")));
    expect(answers).toMatch(/HTTP\/1\.1 503 [^]*retry-after: 5/i);
    expect(large.filter(({ received }) => received() !== "")).toHaveLength(1);

    const good = await socket();
    const body = JSON.stringify({ small: true });
    good.send(post("/agora", { ...sign("/agora", body), "content-length": body.length }, body));
    expect(statusesIn(await good.has("received"))).toEqual([200]);
    expect(events).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", outcome: "crowded_out" }));
  });

  it("are refused too while they wait for their turn to be checked", async () => {
    const { socket } = await serve({ bodyLimits: { most: 100_000, mostTogether: 250_000 } });
    const text = post("/agora", { "agora-signature-v2": hex, "content-length": 100_000 }, "x".repeat(100_000));
    const all = await Promise.all(Array.from({ length: 10 }, socket));
    for (const { send } of all) send(text);
    const answers = await Promise.all(all.map(({ has }) => has("\r\n\r\n{")));
    for (const answer of answers) expect([401, 503]).toEqual(expect.arrayContaining(statusesIn(answer)));
  });

  it("leave room again when they end or break off", async () => {
    const { log, lines, seen } = logLines();
    const { socket } = await serve({ bodyLimits: limits, log });
    for (let round = 0; round < 5; round++) {
      const held = [await hold(socket, 9_000), await hold(socket, 9_000)];
      held[0]?.socket.destroy();
      held[1]?.send("x".repeat(1_000));
      await held[1]?.has("unauthenticated");
      await seen("webhook.received", () => lines.length === 2 * (round + 1));
    }
    expect(lines.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array<string>(5).fill("broken_off"),
      ...Array<string>(5).fill("unauthenticated"),
    ]);
  });
});

describe("refusals are told", () => {
  it("by address and in fixed words, whatever was sent, and nothing else is", async () => {
    const told = new Set<string>();
    const { url } = await serve({ onRefused: (refused) => told.add(JSON.stringify(refused)) });
    const send = (door: Door, headers: Record<string, string>) =>
      fetch(url + door, { method: "POST", headers, body: "{}" });
    const tries: [Door, Record<string, string>][] = [1, 22, 333].flatMap((i) => [
      ["/cloudflare/video", { "webhook-signature": `time=${i},sig1=${hex}` }],
      ["/cloudflare/live", { "cf-webhook-auth": `guess-${i}` }],
      ["/agora", { "agora-signature-v2": hex.replace("0", String(i % 10)) }],
      ["/agora", { ...sign("/agora", `{"i":${i}}`), "content-encoding": "gzip" }],
    ]);
    for (const [door, headers] of tries) await send(door, headers);
    expect((await send("/agora", sign("/agora", "{}"))).status).toBe(200);
    expect([...told].sort().map((one) => JSON.parse(one) as unknown)).toEqual([
      { source: "agora", door: "/agora", why: expect.stringContaining("fits none of the 2 secrets") as string },
      { source: "agora", door: "/agora", why: "a body with a Content-Encoding" },
      {
        source: "cloudflare",
        door: "/cloudflare/live",
        why: expect.stringContaining("is not the secret in") as string,
      },
      {
        source: "cloudflare",
        door: "/cloudflare/video",
        why: "Webhook-Signature is too old: sent again by somebody, or a clock is wrong",
      },
    ]);
  });
});

describe("refusals in the log", () => {
  const door = { path: "/agora", source: "agora" } as WebhookDoor;
  const refusal = { outcome: "unauthenticated", why: "test", kind: "test", bytes: 0 } as const;

  it("have a line each until there are too many, which are counted", async () => {
    const { log, lines, seen } = logLines();
    const logReception = createReceptionLog(log, { most: 3, periodMs: 20 });
    for (let i = 0; i < 10; i++) logReception(door, refusal, 1);
    expect(lines).toHaveLength(3);
    expect(await seen("webhook.refusals_not_logged")).toMatchObject({ level: "warn", refusals: 7, periodMs: 20 });
    logReception(door, refusal, 1);
    expect(lines).toHaveLength(5);
  });

  it("don't keep the line of a stored webhook from being written", () => {
    const { log, lines } = logLines();
    const logReception = createReceptionLog(log, { most: 1 });
    for (let i = 0; i < 3; i++) logReception(door, refusal, 1);
    const event = { type: "rtc.103", dedupeKey: "k", route: null } as never;
    logReception(door, { outcome: "stored", event, id: 1, bytes: 2 }, 1);
    expect(lines.map(({ outcome }) => outcome)).toEqual(["unauthenticated", "stored"]);
  });
});
