import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { appendWithin, type EventRow, registerChannel } from "../../src/eventlog/index.ts";
import { reservedUids } from "../../src/live/index.ts";
import { countViewers } from "../../src/metrics/count-viewers.ts";
import { readAudience } from "../../src/metrics/read-audience.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { append, checkup, end, evening, fact } from "./log.ts";

let database: TestDatabase;
let channelId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  channelId = await registerChannel(database, "c");
});
afterAll(() => database.drop());
beforeEach(startOver);

async function startOver(): Promise<void> {
  await database.knex.raw(
    `delete from tally.viewer_counts; delete from tally.events;
     insert into tally.viewer_counts (channel_id, session, next_at, read_from, read_to)
     values (${channelId}, 1, clock_timestamp(), 0, 0)`,
  );
}

async function viewers(batch?: number): Promise<number | null> {
  const rules = { knex: database.knex, schema: database.schema, botClientTypes: [10] };
  expect(await readAudience(batch === undefined ? rules : { ...rules, batch }, channelId)).toBe(true);
  return countViewers(database, channelId);
}

const join = (uid: number, seq: number, more = {}) => fact(channelId, 105, { uid, seq, ...more });
const leave = (uid: number, seq: number, more = {}) => fact(channelId, 106, { uid, seq, ...more });

describe("without a count of Agora's", () => {
  it("nothing known is no number", async () => {
    expect(await viewers()).toBe(null);
  });

  it("who came and did not go is here, however often it is told", async () => {
    await append(database, join(1, 1), join(2, 2), leave(1, 3), join(2, 2), join(3, 4), leave(3, 4), join(1, 1));
    expect(await viewers()).toBe(1);
    await append(database, leave(2, 9));
    expect(await viewers()).toBe(0);
  });

  it("hosts are no audience, and become it and stop being it by their role", async () => {
    await append(database, fact(channelId, 103, { uid: 1, seq: 1 }), join(2, 2));
    expect(await viewers()).toBe(1);
    await append(database, fact(channelId, 112, { uid: 1, seq: 3 }), fact(channelId, 111, { uid: 2, seq: 4 }));
    expect(await viewers()).toBe(1);
    await append(database, fact(channelId, 104, { uid: 1, seq: 5 }));
    expect(await viewers()).toBe(0);
  });

  it("bots and our own clients don't count", async () => {
    const { stage, recorder, spare } = reservedUids(channelId);
    await append(database, join(1, 1, { clientType: 10 }), join(stage, 2), join(recorder, 3), join(spare, 4));
    expect(await viewers()).toBe(0);
    await append(database, join(1, 5), join(2, 6));
    expect(await viewers(), "a bot stays one").toBe(1);
  });

  it("nobody is here from before the channel's end", async () => {
    await append(database, join(1, 1), join(2, 5), end(channelId, 3));
    expect(await viewers()).toBe(1);
  });
});

describe("from a count of Agora's on", () => {
  it("who was counted is not counted again, and is missing once gone", async () => {
    await append(database, join(1, 1), join(2, 2), checkup(channelId, 5, 10));
    expect(await viewers()).toBe(10);
    await append(database, join(1, 7), join(3, 8), leave(2, 9));
    expect(await viewers()).toBe(10);
    await append(database, leave(3, 10), leave(1, 11));
    expect(await viewers()).toBe(8);
  });

  it("who was counted without having been told is missing once gone", async () => {
    await append(database, checkup(channelId, 5, 10), leave(7, 6));
    expect(await viewers()).toBe(9);
  });

  it("bots among the counted are taken off", async () => {
    await append(database, join(reservedUids(channelId).stage, 1), join(8, 2, { clientType: 10 }), join(1, 3));
    await append(database, checkup(channelId, 5, 3));
    expect(await viewers()).toBe(1);
  });

  it("a join that happened before it and came after it changes nothing", async () => {
    await append(database, checkup(channelId, 5, 10));
    expect(await viewers()).toBe(10);
    await append(database, join(1, 4));
    expect(await viewers()).toBe(10);
  });

  it("the newest one counts, and one without a number never", async () => {
    await append(database, checkup(channelId, 9, 4), checkup(channelId, 5, 10), checkup(channelId, 10, null));
    expect(await viewers()).toBe(4);
  });

  it("the channel's end takes it away", async () => {
    await append(database, checkup(channelId, 5, 10), join(1, 8), end(channelId, 7));
    expect(await viewers()).toBe(1);
  });

  it("is never below nobody", async () => {
    await append(database, join(1, 1), join(2, 2), checkup(channelId, 5, 0), leave(1, 6), leave(3, 7));
    expect(await viewers()).toBe(0);
  });
});

it("an event whose id is lower than one already read is not missed when it is committed", async () => {
  const late = await database.knex.transaction();
  await appendWithin(late, database.schema, [join(1, 1)]);
  await append(database, join(2, 2));
  expect(await viewers()).toBe(1);
  await late.commit();
  expect(await viewers()).toBe(2);
});

it("what was read more than a minute ago is not read again", async () => {
  const receivedAt = new Date((evening + 10) * 1000);
  await append(database, join(1, 1, { receivedAt }), join(2, 2, { receivedAt }), join(3, 3));
  await viewers();
  const counts = await database.knex.raw<{ rows: { n: number }[] }>(
    "select count(*)::integer as n from tally.events where id > (select read_to from tally.viewer_counts)",
  );
  expect(counts.rows).toEqual([{ n: 1 }]);
});

it("a body that makes no sense is no viewer and fails nothing", async () => {
  const odd = [{ uid: "x" }, { uid: -1, ts: 1 }, { uid: 5 }, { uid: 1e30, ts: 5, clientSeq: {} }, null, "text"];
  await append(database, ...odd.map((payload) => ({ ...join(1, 1), payload: { payload } })), {
    ...join(1, 1),
    payload: { payload: { uid: "6", ts: String(evening), clientSeq: "not a number" } },
  });
  expect(await viewers()).toBe(1);
});

it("any order, repetition and division of the same events gives the same number", async () => {
  await fc.assert(
    fc.asyncProperty(evenings, async ({ events, order, cuts, batch }) => {
      await startOver();
      const repeated = order.flatMap((index) => events.slice(index % events.length).slice(0, 1));
      const all = [...repeated, ...events].map(toRow);
      for (let at = 0; at < all.length; at += cuts) {
        await append(database, ...all.slice(at, at + cuts));
        await viewers(batch);
      }
      expect(await viewers(batch)).toBe(expected(events));
    }),
    { numRuns: 60 },
  );
});

type Told =
  | { kind: "fact"; type: number; uid: number; seq: number; bot: boolean; old: boolean }
  | { kind: "end"; second: number }
  | { kind: "checkup"; second: number; total: number };

const told: fc.Arbitrary<Told> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("fact" as const),
      type: fc.constantFrom(103, 104, 105, 105, 105, 106, 106, 111, 112),
      uid: fc.integer({ min: 1, max: 3 }),
      seq: fc.integer({ min: 1, max: 20 }),
      bot: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
      old: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), second: fc.integer({ min: 1, max: 10 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("checkup" as const),
      second: fc.integer({ min: 1, max: 12 }).map((second) => second + 0.5),
      total: fc.integer({ min: 2, max: 9 }),
    }),
  },
);

const evenings = fc.record({
  // Of two counts in the same moment neither is the newest.
  events: fc.uniqueArray(told, {
    minLength: 1,
    maxLength: 16,
    selector: (event) => (event.kind === "checkup" ? `checkup ${event.second}` : event),
  }),
  order: fc.array(fc.nat(1000), { maxLength: 24 }),
  cuts: fc.integer({ min: 1, max: 12 }),
  batch: fc.integer({ min: 1, max: 6 }),
});

function toRow(event: Told): EventRow {
  if (event.kind === "end") return end(channelId, event.second);
  if (event.kind === "checkup") return checkup(channelId, event.second, event.total);
  const { type, uid, seq, bot, old } = event;
  return fact(channelId, type, {
    uid,
    seq,
    ...(bot && { clientType: 10 }),
    ...(old && { receivedAt: new Date((evening + 30) * 1000) }),
  });
}

/** The same count in other words: all events at once, in memory. */
function expected(events: Told[]): number | null {
  const facts = events.filter((event) => event.kind === "fact");
  const checkups = events.filter((event) => event.kind === "checkup").sort((a, b) => b.second - a.second);
  const ended = Math.max(0, ...events.map((event) => (event.kind === "end" ? event.second : 0)));
  const base = checkups[0];
  const isGone = ({ type }: { type: number }) => [103, 104, 106, 111].includes(type);
  const newestOf = (own: typeof facts) =>
    own.reduce<(typeof facts)[number] | null>(
      (best, next) =>
        best === null || next.seq > best.seq || (next.seq === best.seq && isGone(next) && !isGone(best)) ? next : best,
      null,
    );
  const isHere = (event: (typeof facts)[number] | null) => event !== null && !isGone(event) && event.seq >= ended;

  let [here, counted] = [0, 0];
  for (const uid of new Set(facts.map((event) => event.uid))) {
    const own = facts.filter((event) => event.uid === uid);
    if (isHere(newestOf(own)) && !own.some((event) => event.bot)) here++;
    if (base === undefined) continue;
    const before = own.filter((event) => event.seq <= base.second);
    const since = own.filter((event) => event.seq > base.second).sort((a, b) => a.seq - b.seq);
    const firstSince = since.filter((event) => event.seq === since[0]?.seq);
    const wasAudience = firstSince.every(({ type }) => type === 106 || type === 111);
    if (before.length > 0 ? isHere(newestOf(before)) : wasAudience) counted++;
  }
  if (base === undefined || ended > base.second) return facts.length > 0 ? here : null;
  return Math.max(0, here + base.total - counted);
}
