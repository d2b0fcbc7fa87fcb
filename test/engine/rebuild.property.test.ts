import fc from "fast-check";
import { expect, it } from "vitest";

import { rebuildChannel } from "../../src/engine/index.ts";
import { takeSnapshot } from "../../src/engine/retention/take-snapshot.ts";
import { rowsOf } from "../../src/eventlog/index.ts";
import { hastyPolicy as policy, step, take } from "./histories.ts";
import { useWorlds, type World } from "./world.ts";

const file = useWorlds();

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
    { numRuns: 20, seed: 20260101 },
  );
}, 120_000);
