import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import { apiKey, type Service } from "../api/service.ts";
import { runs } from "../support/fast-check.ts";
import { rawSocket, statusesIn, wire } from "../support/raw-socket.ts";
import type { Door } from "../webhooks/support.ts";
import { countWebhooks, faults, impatient, signNow, useFrontDoor } from "./service.ts";

const [startedImpatient, startedPatient] = [useFrontDoor(impatient), useFrontDoor()];
let service: Service;
/** For what must get through, however busy the machine is. */
let patient: Service;
beforeAll(() => {
  service = startedImpatient();
  patient = startedPatient();
});
afterAll(async () => {
  for (const one of [service, patient]) {
    await one.settled();
    await one.anonymous.get("/healthz").expect(200);
    expect(faults(one)).toEqual([]);
  }
});

/** A case is many connections at once: most of the time goes into waiting for the server to give them up. */
const connections = { minLength: 15, maxLength: 25 };

const doors: Door[] = ["/agora", "/cloudflare/live", "/cloudflare/video"];
const door = fc.constantFrom<Door>(...doors);
const path = fc.oneof(
  { weight: 3, arbitrary: door.map((place) => `/webhooks${place}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...["/v1/channels", "/v1/channels/shop", "/healthz", "/webhooks", "/webhooks/agora/", "//webhooks/agora"],
      ...[
        "/WEBHOOKS/AGORA",
        "/webhooks/%61gora",
        "/webhooks/agora?a=b",
        "http://tally/webhooks/agora",
        "*",
        "",
        "?",
        "/%",
      ],
      ...["/webhooks/../v1/channels", "/v1/../webhooks/agora", "tally:443", "/\xff", `/${"a".repeat(20_000)}`],
    ),
  },
);
const method = fc.constantFrom(
  "POST",
  "POST",
  "POST",
  "GET",
  "PUT",
  "OPTIONS",
  "CONNECT",
  "TRACE",
  "PRI",
  "post",
  "\0",
);

const headerName = fc.constantFrom(
  ...["Host", "Content-Length", "Transfer-Encoding", "Content-Encoding", "Content-Type", "Connection", "Upgrade"],
  ...["Expect", "Agora-Signature", "Agora-Signature-V2", "agora-signature-v2", "cf-webhook-auth", "Webhook-Signature"],
  ...[
    "Authorization",
    "X-Forwarded-For",
    "Cookie",
    "Trailer",
    "TE",
    "__proto__",
    "constructor",
    "",
    "a b",
    "\xe9",
    "\0",
  ],
);
const headerValue = fc.oneof(
  fc.constantFrom(
    ...["0", "5", "-1", "1e3", "5, 5", "99999999999999999999", "chunked", "gzip, chunked", "identity", "br", "close"],
    ...["keep-alive", "upgrade", "websocket", "h2c", "100-continue", "101-maybe", "Bearer x", "application/json", ""],
    ...["\xff\xfe", "\0", "a\rb", " a", "x".repeat(9_000), "f".repeat(64)],
  ),
  fc.stringMatching(/^[ -~]{0,40}$/),
);
const headers = fc.oneof(
  fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }),
  fc.integer({ min: 90, max: 400 }).map((count) => Array.from({ length: count }, (_, i) => [`h${i}`, "1"] as const)),
);
const content = fc.oneof(
  fc.constantFrom(
    "",
    "{}",
    "0\r\n\r\n",
    "2\r\n{}\r\n0\r\n\r\n",
    "ffffffffffffffff\r\n",
    "-1\r\n",
    "1;a=b\r\nx\r\n0\r\n",
  ),
  fc.uint8Array({ maxLength: 2_000 }),
);

/** A request, more or less: nobody has signed it. */
const request = fc
  .tuple(method, path, headers, content)
  .map(([method, path, headers, content]) => wire(`${method} ${path}`, [["Host", "tally"], ...headers], content));

/** Bytes changed, left out or put in anywhere. */
const damaged = fc
  .tuple(request, fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 4 }), fc.nat({ max: 4 })), { maxLength: 4 }))
  .map(([bytes, damages]) =>
    damages.reduce((whole, [at, put, less]) => {
      const place = at % (whole.length + 1);
      return Buffer.concat([whole.subarray(0, place), put, whole.subarray(place + less)]);
    }, bytes),
  );
const anything = fc.oneof(
  damaged,
  request,
  fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
);

/** Sends the pieces, and waits for the first answer, the end of the connection, or for the server to give it up. */
async function talk(
  { url }: Service,
  pieces: readonly Uint8Array[],
  enough: (received: string) => boolean,
): Promise<string> {
  const { socket, send, closed, received } = await rawSocket(url);
  for (const piece of pieces) send(piece);
  const answered = new Promise<string>((resolve) => {
    socket.on("data", () => {
      if (enough(received())) resolve(received());
    });
  });
  const text = await Promise.race([answered, closed]);
  socket.destroy();
  return text;
}

const oneAnswer = (received: string) => statusesIn(received).some((status) => status >= 200);

it("answers or ends whatever comes over a socket, never with a 5xx, and stores none of it", async () => {
  const before = await countWebhooks(service);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(anything, { minLength: 1, maxLength: 3 }), connections), async (all) => {
      const answers = await Promise.all(all.map((pieces) => talk(service, pieces, oneAnswer)));
      for (const text of answers) {
        expect(text).toMatch(/^(HTTP\/1\.1 \d{3} |$)/);
        for (const status of statusesIn(text)) expect(status).toBeLessThan(500);
      }
    }),
    runs(40),
  );
  expect(await countWebhooks(service)).toBe(before);
});

interface Signed {
  door: Door;
  body: Buffer;
}
let nonce = 0;
const signed = fc.tuple(door, fc.json(), fc.nat({ max: 3_000 })).map(([door, json, length]): Signed => {
  const body = Buffer.from(`{"nonce":${++nonce},"json":${json},"text":"${"ü".repeat(length)}"}`);
  return { door, body };
});

const upgrade = "with an upgrade";

/** Ways to send a body that are all right. */
const framings: Record<string, (signed: Signed, cuts: number[]) => Buffer[]> = {
  plain: ({ door, body }) => [post(door, body, { "content-length": body.length }, body)],
  chunked: ({ door, body }, cuts) => [
    post(door, body, { "transfer-encoding": "chunked" }),
    ...cut(body, cuts).map((piece) =>
      Buffer.concat([Buffer.from(`${piece.length.toString(16)};x=y\r\n`), piece, crlf]),
    ),
    Buffer.from("0\r\ntrailer: 1\r\n\r\n"),
  ],
  "in packets": ({ door, body }, cuts) => cut(post(door, body, { "content-length": body.length }, body), cuts),
  "after 100 Continue": ({ door, body }) => [
    post(door, body, { expect: "100-continue", "content-length": body.length }, body),
  ],
  [upgrade]: ({ door, body }) => [
    post(door, body, { connection: "upgrade", upgrade: "websocket", "content-length": body.length }, body),
  ],
  "with other headers": ({ door, body }) => [
    post(door, body, { ...Object.fromEntries(ninety), "content-length": body.length }, body),
  ],
  "of an absolute address": ({ door, body }) => [
    post(door, body, { "content-length": body.length }, body, `http://tally/webhooks${door}`),
  ],
};
const ninety = Array.from({ length: 90 }, (_, i) => [`x-${i}`, "1"] as const);

/** Ways that are not: what arrives isn't what was signed, or isn't HTTP. */
const breakages: Record<string, (signed: Signed) => Buffer[]> = {
  "ends early": ({ door, body }) => [post(door, body, { "content-length": body.length }, body.subarray(1))],
  "longer than announced": ({ door, body }) => [post(door, body, { "content-length": body.length - 1 }, body)],
  "shorter than announced": ({ door, body }) => [post(door, body, { "content-length": body.length + 1 }, body)],
  "of two lengths": ({ door, body }) => [
    wire(`POST /webhooks${door}`, [...signature(door, body), length(body.length), length(body.length - 1)], body),
  ],
  "of a length and chunked": ({ door, body }) => [
    post(door, body, { "content-length": body.length, "transfer-encoding": "chunked" }, body),
  ],
  "of chunks that end early": ({ door, body }) => [
    post(door, body, { "transfer-encoding": "chunked" }, `${body.length.toString(16)}\r\n${body.toString()}`),
  ],
  "of a bad chunk": ({ door, body }) => [post(door, body, { "transfer-encoding": "chunked" }, "zz\r\n")],
  "with more than a hundred headers": ({ door, body }) => {
    const many = Object.fromEntries([...ninety, ...ninety.map(([name]) => [`${name}y`, "1"] as const)]);
    return [post(door, body, { ...many, "content-length": body.length }, body)];
  },
  "with its signature twice": ({ body }) => {
    const twice = [...signature("/agora", body), ...signature("/agora", body)];
    return [wire("POST /webhooks/agora", [["host", "tally"], ...twice, length(body.length)], body)];
  },
  "without a Host": ({ door, body }) => [
    wire(`POST /webhooks${door}`, [...signature(door, body), length(body.length)], body),
  ],
  "said to be encoded": ({ door, body }) => [
    post(door, body, { "content-encoding": "gzip", "content-length": body.length }, body),
  ],
  "with another expectation": ({ door, body }) => [
    post(door, body, { expect: "200-ok", "content-length": body.length }, body),
  ],
};

it("stores every signed body once, in whatever pieces it comes", async () => {
  const name = fc.constantFrom(...Object.keys(framings));
  const delivery = fc.tuple(signed, name, fc.array(fc.nat({ max: 7_000 }), { maxLength: 30 }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(delivery, { minLength: 1, maxLength: 4 }), connections), async (all) => {
      const before = await countWebhooks(patient);
      await Promise.all(
        // Several on one connection are sent without waiting for answers.
        all.map(async (deliveries) => {
          // Node drops what follows a request to upgrade before its answer, as that might be another protocol already.
          const pieces = deliveries.flatMap(([signed, name, cuts], i) => {
            const isLast = i === deliveries.length - 1;
            return (name === upgrade && !isLast ? framings.plain : framings[name])?.(signed, cuts) ?? [];
          });
          const received = (text: string) => text.split('{"received":true}').length - 1;
          const text = await talk(patient, pieces, (text) => received(text) === deliveries.length);
          const statuses = statusesIn(text).filter((status) => status !== 100);
          expect({ names: deliveries.map(([, name]) => name), statuses }).toEqual({
            names: deliveries.map(([, name]) => name),
            statuses: deliveries.map(() => 200),
          });
        }),
      );
      expect(await countWebhooks(patient)).toBe(before + all.flat().length);
    }),
    runs(10),
  );
});

it("stores nothing that is signed and does not arrive as it was signed", async () => {
  const before = await countWebhooks(service);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(signed, fc.constantFrom(...Object.keys(breakages))), connections),
      async (all) => {
        await Promise.all(
          all.map(async ([signed, name]) => {
            // Cloudflare's notifications are not signed, so that a part of one is one too.
            const changed = { ...signed, door: signed.door === "/cloudflare/live" ? ("/agora" as const) : signed.door };
            const text = await talk(service, breakages[name]?.(changed) ?? [], oneAnswer);
            for (const status of statusesIn(text)) {
              expect([name, status]).toEqual([name, expect.toSatisfy((s: number) => s < 200 || (s >= 400 && s < 500))]);
            }
          }),
        );
      },
    ),
    runs(10),
  );
  expect(await countWebhooks(service)).toBe(before);
});

it("answers nothing of the API to whoever hides a second request in a body", async () => {
  const inner = wire("GET /v1/channels", { host: "tally", authorization: `Bearer ${apiKey}` });
  const body = "{}";
  const text = await talk(
    service,
    [
      wire("POST /webhooks/agora", [["host", "tally"], length(body.length), ["transfer-encoding", "chunked"]]),
      Buffer.from(`0\r\n\r\n${inner.toString()}`),
    ],
    () => false,
  );
  expect(statusesIn(text)).toEqual([400]);
});

const crlf = Buffer.from("\r\n");

function length(bytes: number): [string, string] {
  return ["content-length", String(bytes)];
}

function signature(door: Door, body: Buffer): [string, string][] {
  return Object.entries(signNow(door, body));
}

function post(
  door: Door,
  body: Buffer,
  headers: Record<string, string | number>,
  content: Uint8Array | string = "",
  address = `/webhooks${door}`,
): Buffer {
  return wire(`POST ${address}`, { host: "tally", ...headers, ...signNow(door, body) }, content);
}

/** The bytes in pieces, none empty. */
function cut(bytes: Buffer, cuts: number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((at) => at % bytes.length), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}
