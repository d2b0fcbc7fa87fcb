import fc from "fast-check";
import { expect, it } from "vitest";

import type { ChannelReplay } from "../../src/engine/index.ts";
import { selectEvents } from "../../src/eventlog/index.ts";
import { beginReplay, findReplay, planReplay, runReplay } from "../../src/operators/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { useWorlds } from "../engine/world.ts";
import { rtcEvent } from "../eventlog/deliveries.ts";

const file = useWorlds();

const event = fc.record({
  type: fc.constantFrom(103, 104, 107, 108),
  uid: fc.integer({ min: 1, max: 2 }),
  seq: fc.integer({ min: 1, max: 9 }),
});
const evening = fc.record({
  channels: fc.array(fc.array(event, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 4 }),
  misread: fc.subarray(["rtc.103", "rtc.104", "rtc.107", "rtc.108"], { minLength: 1 }),
  stopAfter: fc.nat(3),
});

/** The hold's and the host's times are those of the replay itself. */
const essence = ({
  channel,
  after: { version: _v, updatedAt: _u, ...after },
  effects,
  hold,
  differs,
}: ChannelReplay) => ({
  channel,
  after,
  effects,
  hold,
  differs,
});

async function all(replays: AsyncIterable<ChannelReplay>): Promise<ChannelReplay[]> {
  const found: ChannelReplay[] = [];
  for await (const replay of replays) found.push(replay);
  return found;
}

it("a replay that was interrupted and resumed does what the plan of the whole said, and nothing is left after it", async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(evening, async ({ channels, misread, stopAfter }) => {
      const world = file.open();
      try {
        const run = `run ${++runs}`;
        const since = new Date();
        world.reading.interpret = (stored) =>
          misread.includes(stored.type) ? { kind: "unrecognised", note: "not known yet" } : interpret(stored);
        for (const [at, events] of channels.entries()) {
          const channel = `${run} ${at}`;
          await world.deliver(rtcEvent(103, { channel, uid: 9, seq: 1 }), rtcEvent(104, { channel, uid: 9, seq: 2 }));
          await world.deliver(...events.map(({ type, ...of }) => rtcEvent(type, { channel, ...of })));
        }
        world.reading.interpret = interpret;

        const mode = { act: false };
        const selected = await selectEvents(file.database, { since });
        const planned = await all(planReplay(file.database, selected, world.rules, mode));
        const started = await beginReplay(file.database, selected, mode, "a test");
        const done: ChannelReplay[] = [];
        for await (const replay of runReplay(file.database, started, world.rules, "a test")) {
          done.push(replay);
          if (done.length > stopAfter) break;
        }
        const rest = await findReplay(file.database, started.id);
        if (rest === null) throw new Error("the replay is gone");
        for (const replay of await all(runReplay(file.database, rest, world.rules, "a test"))) {
          // Where nothing differed may be looked at twice.
          const before = done.findIndex(({ channelId }) => channelId === replay.channelId);
          if (before >= 0) expect([done[before]?.differs, replay.differs]).toEqual([false, false]);
          else done.push(replay);
        }
        expect(done.map(essence)).toEqual(planned.map(essence));
        expect(await findReplay(file.database, started.id)).toMatchObject({ isFinished: true, channels: [] });
        const again = await all(planReplay(file.database, selected, world.rules, mode));
        expect(again.filter(({ differs }) => differs)).toEqual([]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 15, seed: 20260102 },
  );
}, 120_000);
