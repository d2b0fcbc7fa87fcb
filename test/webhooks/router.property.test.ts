import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { NewEvent } from "../../src/eventlog/index.ts";
import { storable } from "../../src/eventlog/storable.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { runs } from "../support/fast-check.ts";
import { anyBody, forgedHeaders } from "./arbitrary-bodies.ts";
import { type Door, memoryLog, serveWebhooks, sign } from "./support.ts";

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
    runs(200),
  );
});

it("stores nothing that isn't signed, and answers 401", async () => {
  await fc.assert(
    fc.asyncProperty(anyBody, forgedHeaders, async ({ door, body }, headers) => {
      appended = [];
      const response = await post(door, body, headers);
      expect(response.status).toBe(401);
      expect(appended).toEqual([]);
    }),
    runs(200),
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
  // What jsonb refuses is stored as text.
  const refused = textsIn(event.payload).some((text) => unstorable.test(text));
  const { source, type, payload, raw } = refused ? storable(event) : event;
  const kept: unknown = payload === undefined ? null : JSON.parse(JSON.stringify(payload));
  const interpretation = interpret({ source, type, payload: kept, raw });
  expect(["event", "ignored", "unrecognised"]).toContain(interpretation.kind);
  for (const text of textsIn(interpretation)) expect(text).not.toMatch(unstorable);
  if (interpretation.kind !== "event") expect(interpretation.note.length).toBeLessThanOrEqual(300);
}

const unstorable = /\p{Surrogate}|\0/u;

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsIn(member)]);
}
