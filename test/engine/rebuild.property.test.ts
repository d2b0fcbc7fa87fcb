import fc from "fast-check";
import { expect, it } from "vitest";

import { rebuildChannel } from "../../src/engine/index.ts";
import { takeSnapshot } from "../../src/engine/retention/take-snapshot.ts";
import { rowsOf } from "../../src/eventlog/index.ts";
import { defaultPolicy, type LiveEvent } from "../../src/live/index.ts";
import { ingestEvent, rtcEvent } from "../eventlog/deliveries.ts";
import { agoraRefusal, cloudflareRefusal } from "./providers.ts";
import { useWorlds, type World } from "./world.ts";

const file = useWorlds();

type Step =
  | { do: "deliver"; events: { type: number; uid: number; seq: number }[] }
  | { do: "ingest"; what: "connected" | "disconnected"; second: number }
  | { do: "ask"; what: "StartRequested" | "StopRequested" | "HoldReleased" }
  | { do: "perform"; refuse: ("acquire" | "start" | "stop" | "get" | "users")[] };

const rtc = fc.record({
  type: fc.constantFrom(102, 103, 103, 104, 105, 106, 107, 108, 111, 112),
  uid: fc.integer({ min: 1, max: 3 }),
  seq: fc.integer({ min: 1, max: 12 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("deliver" as const), events: fc.array(rtc, { minLength: 1, maxLength: 6 }) }),
  fc.record({
    do: fc.constant("ingest" as const),
    what: fc.constantFrom("connected" as const, "disconnected" as const),
    second: fc.integer({ min: 10, max: 59 }),
  }),
  fc.record({
    do: fc.constant("ask" as const),
    what: fc.constantFrom("StartRequested" as const, "StopRequested" as const, "HoldReleased" as const),
  }),
  fc.record({
    do: fc.constant("perform" as const),
    refuse: fc.subarray(["acquire" as const, "start" as const, "stop" as const, "get" as const, "users" as const]),
  }),
);

/** Times so short that grace, retries and checkups happen between two steps. */
const policy = {
  ...defaultPolicy,
  stopGraceMs: 0,
  startRetryMs: [0, 0],
  recoveryMs: [0],
  startConfirmMs: 0,
  ingestLostMs: 0,
  checkupMs: 30,
  workerLostMs: 0,
  stopDeadMs: 60,
};

async function take(world: World, channel: string, next: Step): Promise<void> {
  switch (next.do) {
    case "deliver":
      await world.deliver(...next.events.map(({ type, ...of }) => rtcEvent(type, { channel, ...of })));
      return;
    case "ingest":
      await world.deliver(ingestEvent(next.what, `input-of-${channel}`, `2026-01-01T00:00:${next.second}.000000000Z`));
      return;
    case "ask":
      await world.ask(channel, { type: next.what } satisfies LiveEvent);
      return;
    case "perform":
      if (next.refuse.includes("acquire")) {
        world.fake.answer("acquire", () => Promise.resolve({ ...agoraRefusal(500), disposition: "reacquire" }));
      }
      if (next.refuse.includes("start")) {
        world.fake.answer("start", () =>
          Promise.resolve({ ...agoraRefusal(null), disposition: "retry", mayRun: true }),
        );
      }
      if (next.refuse.includes("stop")) world.fake.answer("stop", () => Promise.resolve(agoraRefusal(504, 62)));
      if (next.refuse.includes("get")) {
        world.fake.answer("get", () => Promise.resolve(cloudflareRefusal(404, { notFound: true })));
      }
      if (next.refuse.includes("users")) world.fake.answer("users", () => Promise.resolve(agoraRefusal(429)));
      await world.performOnce();
  }
}

/** Puts the oldest part of a channel's history into its snapshot, and spoils that part's events. */
async function snapshotOf(world: World, channelId: number, part: number): Promise<void> {
  const { knex, schema } = file.database;
  const versions = await rowsOf<{ version: number; upTo: Date }>(
    knex,
    `select applied_version as version, max(received_at) as "upTo" from tally.events
     where channel_id = :channelId and applied_version is not null group by 1 order by 1`,
    { channelId },
  );
  const last = versions[Math.floor((part / 100) * versions.length)];
  const [taken] = await rowsOf<{ version: number }>(
    knex,
    "select version from tally.snapshots where channel_id = :channelId",
    { channelId },
  );
  if (last === undefined || last.version <= (taken?.version ?? -1)) return;
  await knex.transaction((trx) => takeSnapshot(trx, schema, channelId, last, world.rules));
  await rowsOf(
    knex,
    "update tally.events set payload = '{}' where channel_id = :channelId and applied_version <= :version",
    { channelId, version: last.version },
  );
}

const sessionsOf = (channelId: number) =>
  rowsOf(file.database.knex, "select * from tally.sessions where channel_id = :channelId order by number", {
    channelId,
  });

const histories = fc.record({
  steps: fc.array(step, { minLength: 5, maxLength: 25 }),
  parts: fc.array(fc.nat(99), { minLength: 1, maxLength: 3 }),
});

it("whatever happened to a channel, folding its log anew comes to the same, from its first event and from any snapshot", async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ({ steps, parts }) => {
      const world = file.open({ policy });
      const channel = `run ${++runs}`;
      try {
        await take(world, channel, { do: "deliver", events: [{ type: 103, uid: 1, seq: 1 }] });
        for (const next of steps) await take(world, channel, next);
        const { id, state, version } = await world.channel(channel);
        expect(await rebuildChannel(file.database, id, world.rules)).toMatchObject({ differs: false });
        expect(await world.channel(channel)).toMatchObject({ state, version });

        const sessions = await sessionsOf(id);
        for (const part of parts.sort((a, b) => a - b)) {
          await snapshotOf(world, id, part);
          expect(await rebuildChannel(file.database, id, world.rules)).toMatchObject({ differs: false });
          expect(await world.channel(channel)).toMatchObject({ state, version });
          expect(await sessionsOf(id)).toEqual(sessions);
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: 25, seed: 20260101 },
  );
}, 120_000);
