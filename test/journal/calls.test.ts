import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import { createCallJournal, listCalls } from "../../src/journal/index.ts";
import { createLogger } from "../../src/log.ts";
import type { CallEnd, CallRecord } from "../../src/providers/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const end: CallEnd = {
  ms: 120,
  host: "api.example",
  status: 400,
  code: 49,
  outcome: "final",
  error: "no",
  requestId: "r1",
  attempts: [],
  clock: null,
  response: { code: 49 },
};

function call(given: Partial<CallRecord> = {}): CallRecord {
  return {
    id: randomUUID(),
    at: Date.now(),
    context: { channelId: 7, channel: "shoes", effectId: 3, attempt: 1 },
    provider: "agora",
    operation: "start",
    method: "POST",
    path: "/v1/start",
    request: { cname: "shoes" },
    ended: null,
    ...given,
  };
}

function open(schema = database.schema) {
  const lines: string[] = [];
  const log = createLogger({ level: "debug", destination: { write: (line) => lines.push(line) } });
  const journal = createCallJournal({ knex: database.knex, schema, log, delayMs: 1 });
  onTestFinished(() => journal.close());
  return { journal, lines };
}

const stored = (effectId: number) => listCalls(database, { effectIds: [effectId], limit: 10 });

test("a call is one row, at its begin and at its end", async () => {
  const { journal } = open();
  const at = Date.now() - 60_000;
  const begun = call({ at });
  journal.onCall(begun);
  await expect.poll(() => stored(3)).toMatchObject([{ id: begun.id, outcome: null, ms: null, host: null }]);
  journal.onCall({ ...begun, ended: end });
  await expect.poll(async () => (await stored(3))[0]?.outcome).toBe("final");
  const [row, ...more] = await stored(3);
  expect(more).toEqual([]);
  expect(row).toEqual({
    id: begun.id,
    at: row?.at,
    channelId: 7,
    effectId: 3,
    attempt: 1,
    provider: "agora",
    operation: "start",
    method: "POST",
    path: "/v1/start",
    host: "api.example",
    status: 400,
    code: "49",
    outcome: "final",
    error: "no",
    ms: 120,
    requestId: "r1",
    attempts: [],
    request: { cname: "shoes" },
    response: { code: 49 },
  });
  // By the database's clock, which here is the machine's.
  expect(Math.abs((row?.at.getTime() ?? 0) - at)).toBeLessThan(30_000);
});

test("what is not written yet is written at the end", async () => {
  const log = createLogger({ level: "silent" });
  const journal = createCallJournal({ knex: database.knex, schema: database.schema, log, delayMs: 3_600_000 });
  const calls = Array.from({ length: 450 }, () => call({ context: { effectId: 4 }, ended: end, request: null }));
  for (const one of calls) journal.onCall(one);
  await journal.close();
  expect(await listCalls(database, { effectIds: [4], limit: 1_000 })).toHaveLength(450);
  expect((await stored(4))[0]).toMatchObject({ channelId: null, request: null });
});

test("a write that fails is a line in the log, and is tried again", async () => {
  const { journal, lines } = open("no_such_schema");
  expect(() => journal.onCall(call())).not.toThrow();
  await expect.poll(() => lines.join("")).toContain("journal.not_written");
  await journal.close();
  expect(lines.filter((line) => line.includes("journal.not_written"))).toHaveLength(2);
});

test("calls of a channel are found by their time", async () => {
  const { journal } = open();
  const now = Date.now();
  for (const [effectId, ago] of [
    [21, 50_000],
    [22, 20_000],
    [23, 0],
  ] as const) {
    journal.onCall(call({ at: now - ago, context: { channelId: 8, effectId }, ended: end }));
  }
  await journal.close();
  const span = { channelId: 8, from: new Date(now - 35_000), to: new Date(now - 10_000) };
  const found = await listCalls(database, { effectIds: [21], span, limit: 10 });
  expect(found.map(({ effectId }) => effectId)).toEqual([21, 22]);
  expect(await listCalls(database, { effectIds: [21], span, limit: 1 })).toHaveLength(1);
});
