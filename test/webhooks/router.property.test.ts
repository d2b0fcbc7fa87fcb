import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { NewEvent } from "../../src/eventlog/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { type Door, fixtures, memoryLog, serveWebhooks, sign } from "./support.ts";

/** fast-check prints the seed and the smallest body when one of these fails; `{ seed }` here repeats the run. */
const settings = { numRuns: 200 };

let log: ReturnType<typeof memoryLog>;
let server: Awaited<ReturnType<typeof serveWebhooks>>;
let appended: NewEvent[] = [];

beforeAll(async () => {
  log = memoryLog();
  server = await serveWebhooks({
    append: (event) => {
      appended.push(event);
      return log.append(event);
    },
  });
});
afterAll(() => server.close());

const door = fc.constantFrom<Door>("/agora", "/cloudflare/live", "/cloudflare/video");
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const anyJson = fc.json({ depthSize: "medium" }).map((text) => Buffer.from(text));

/** Documented bodies with something else in the place of one of their values: what bugs would come from. */
const nearlyDocumented = fc
  .record({
    fixture: fc.constantFrom(...fixtures.filter(({ file }) => file.endsWith(".json"))),
    position: fc.nat(),
    value: fc.oneof(fc.jsonValue(), fc.constantFrom("\0", "\ud800", "1e400", -1, 1e300, {}, [], null, "x".repeat(600))),
  })
  .map(({ fixture, position, value }) => {
    const body: unknown = JSON.parse(fixture.bytes.toString("utf8"));
    const places = placesIn(body);
    const place = places[position % places.length];
    if (place !== undefined) place.object[place.key] = value;
    return { door: fixture.door, body: Buffer.from(JSON.stringify(body)) };
  });

const anyBody = fc.oneof(
  nearlyDocumented,
  fc.record({ door, body: fc.oneof(bytes, anyJson) }),
  fc.record({
    door,
    body: fc.constantFrom(
      ...["[".repeat(200_000), `${"[".repeat(5000)}${"]".repeat(5000)}`].map((text) => Buffer.from(text)),
    ),
  }),
);

it("stores every signed body once, answers 200, and interprets what was stored without throwing", async () => {
  await fc.assert(
    fc.asyncProperty(anyBody, async ({ door, body }) => {
      appended = [];
      const response = await post(door, body, sign(door, body));
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ received: true });
      expect(appended).toHaveLength(1);
      for (const event of appended) assertStorable(event);
    }),
    settings,
  );
});

it("stores nothing that isn't signed, and answers 401", async () => {
  const headers = fc.oneof(
    fc.constant({}),
    fc.dictionary(
      fc.constantFrom("agora-signature", "agora-signature-v2", "cf-webhook-auth", "webhook-signature"),
      fc.oneof(
        fc.string({ unit: fc.constantFrom(..."0 1 a f g , = time sig1".split(" "), " ") }),
        fc.stringMatching(/^[0-9a-f]{64}$/),
      ),
    ),
  );
  await fc.assert(
    fc.asyncProperty(anyBody, headers, async ({ door, body }, headers) => {
      appended = [];
      const response = await post(door, body, headers);
      expect(response.status).toBe(401);
      expect(appended).toEqual([]);
    }),
    settings,
  );
});

function post(door: Door, body: Buffer, headers: Record<string, string>): Promise<Response> {
  return fetch(`${server.url}${door}`, { method: "POST", headers, body: new Uint8Array(body) });
}

/** What the log counts on, and what a fold does with the event later. */
function assertStorable(event: NewEvent): void {
  expect(event.dedupeKey).toMatch(/^[\x20-\x7e]{1,500}$/);
  expect(event.type).toMatch(/^[\w.]{1,60}$/);
  if (event.route !== null) expect(event.route.key).toMatch(/^[\x20-\x7e]{1,64}$/);
  if (event.occurredAt !== null) expect(event.occurredAt.getTime()).toBeGreaterThan(0);
  expect(event.bodySha256).toMatch(/^[0-9a-f]{64}$/);
  expect(event.payload === undefined).toBe(event.raw !== null);
  expect(event.raw ?? "").not.toContain("\0");
  const { source, type, raw } = event;
  const payload: unknown = event.payload === undefined ? null : JSON.parse(JSON.stringify(event.payload));
  const interpretation = interpret({ source, type, payload, raw });
  expect(["event", "ignored", "unrecognised"]).toContain(interpretation.kind);
  if (interpretation.kind !== "event") expect(interpretation.note.length).toBeLessThanOrEqual(300);
}

function placesIn(value: unknown): { object: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const object = value as Record<string, unknown>;
  return Object.keys(object).flatMap((key) => [{ object, key }, ...placesIn(object[key])]);
}
