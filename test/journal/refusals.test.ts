import { afterAll, beforeAll, expect, test } from "vitest";

import { createRefusalCounter, listRefusals, sumRefusals } from "../../src/journal/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const log = createLogger({ level: "silent" });
const live = { source: "cloudflare", door: "/cloudflare/live", why: "wrong secret" } as const;
const agora = { source: "agora", door: "/agora", why: "no signature" } as const;
/** Old ones are deleted: the hours of this day. */
const day = new Date().toISOString().slice(0, 10);
const at = (time: string) => Date.parse(`${day}T${time}Z`);
const rows = async () => (await database.knex.raw<{ rows: unknown[] }>("select * from tally.refusals")).rows;

test("a flood is a row for each minute and reason, whoever counts", async () => {
  let now = at("20:10:40");
  const open = () => createRefusalCounter({ ...database, log, delayMs: 3_600_000, now: () => now });
  const [one, other] = [open(), open()];
  for (let i = 0; i < 5; i++) other.onRefused(live);
  now = at("20:10:59");
  for (let i = 0; i < 10_000; i++) one.onRefused(live);
  other.onRefused(agora);
  now = at("20:12:07");
  one.onRefused(live);
  await one.close();
  await other.close();
  expect(await rows()).toHaveLength(3);
});

test("minutes in a row are one span, from its first delivery to its last; a gap of more than five begins another", async () => {
  const counter = createRefusalCounter({ ...database, log, now: () => at("20:19:30") });
  counter.onRefused(live);
  await counter.close();
  const read = (from: string, to: string) => listRefusals(database, new Date(at(from)), new Date(at(to)));
  const first = { ...live, from: new Date(at("20:10:40")), to: new Date(at("20:12:07")), count: 10_006 };
  const second = { ...agora, from: new Date(at("20:10:59")), to: new Date(at("20:10:59")), count: 1 };
  const third = { ...live, from: new Date(at("20:19:30")), to: new Date(at("20:19:30")), count: 1 };
  expect(await read("20:00:00", "20:30:00")).toEqual([first, second, third]);
  expect(await read("20:10:45", "20:10:50")).toEqual([{ ...first, to: new Date(at("20:10:59")), count: 10_005 }]);
  expect(await read("20:13:00", "20:19:29")).toEqual([]);
});

test("the sum of the last hours is a row for each reason, that first which came last", async () => {
  const minute = 60_000;
  let now = 0;
  const counter = createRefusalCounter({ ...database, log, now: () => now });
  const ago = (minutes: number, what: typeof live | typeof agora) => {
    now = Date.now() - minutes * minute;
    counter.onRefused({ ...what, why: "of now" });
    return new Date(now);
  };
  ago(62, live);
  const [from] = [ago(58, live), ago(40, live), ago(30, live)];
  const last = ago(1, agora);
  await counter.close();
  expect((await sumRefusals(database, 1)).filter(({ why }) => why === "of now")).toEqual([
    { ...agora, why: "of now", from: last, to: last, count: 1 },
    { ...live, why: "of now", from, to: expect.any(Date) as Date, count: 3 },
  ]);
});

test("what could not be written is written later, and in bounds", async () => {
  const lines: string[] = [];
  const noisy = createLogger({ level: "debug", destination: { write: (line) => lines.push(line) } });
  await database.knex.raw("alter table tally.refusals rename to elsewhere");
  const counter = createRefusalCounter({ ...database, log: noisy, delayMs: 1, now: () => at("21:00:00") });
  for (let i = 0; i < 600; i++) counter.onRefused({ ...live, why: `reason ${i}` });
  await expect.poll(() => lines.join("")).toContain("journal.not_written");
  await database.knex.raw("alter table tally.elsewhere rename to refusals");
  await counter.close();
  expect(await listRefusals(database, new Date(at("21:00:00")), new Date(at("21:00:00")))).toHaveLength(500);
});
