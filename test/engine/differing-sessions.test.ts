import { afterAll, beforeAll, expect, it } from "vitest";

import { differingSessions } from "../../src/engine/differing-sessions.ts";
import { mendSessions } from "../../src/engine/save-sessions.ts";
import { recordsMost } from "../../src/engine/session-records.ts";
import { type SessionRow, Sessions } from "../../src/engine/sessions.ts";
import { registerChannel } from "../../src/eventlog/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function row(number: number): SessionRow {
  return {
    number,
    cause: "host",
    openedAt: number,
    liveAt: null,
    closedAt: number + 1,
    endReason: "host_left",
    recordingSids: [],
    files: [],
    upload: null,
    ingestConnectedAt: null,
    videos: [],
    withHostMs: number,
    withoutHostMs: 0,
    mediaPushMs: 0,
    resolution: "HD",
    counting: null,
    drops: [],
  };
}

it("finds those that are missing, spoilt or too many among thousands, and mends them", async () => {
  const { knex, schema } = database;
  const channelId = await registerChannel(database, "thousands");
  const last = 2 * recordsMost + 1;
  // Between two pages there is a number that no session has.
  const gap = recordsMost + 1;
  const numbers = Array.from({ length: last }, (_, index) => index + 1).filter((number) => number !== gap);
  // They may come in any order.
  const sessions = new Sessions(numbers.reverse().map(row));
  const differing = () => knex.transaction((trx) => differingSessions(trx, schema, channelId, sessions));
  const mend = (of: readonly number[]) => knex.transaction((trx) => mendSessions(trx, schema, channelId, sessions, of));

  const all = await differing();
  expect([all.numbers.length, all.changes.length]).toEqual([numbers.length, 20]);
  await mend(all.numbers);
  expect((await differing()).numbers).toEqual([]);

  const stored = () => knex.withSchema(schema).table("sessions");
  await stored()
    .whereIn("number", [1, gap - 1, last])
    .delete();
  await stored()
    .where({ number: gap + 1 })
    .update({ cause: "manual" });
  for (const number of [gap, last + 5]) {
    await stored().insert({
      id: `${channelId}-${number}`,
      channel_id: channelId,
      number,
      cause: "host",
      opened_at: "now",
    });
  }
  const spoilt = [1, gap - 1, gap, gap + 1, last, last + 5];
  expect((await differing()).numbers).toEqual(spoilt);
  await mend(spoilt);
  expect(await differing()).toEqual({ numbers: [], changes: [] });
  expect((await stored().count<{ count: number }[]>("* as count"))[0]?.count).toBe(numbers.length);
});
