import { beforeEach, describe, expect, it } from "vitest";

import { createCatchUp } from "../../src/engine/catch-up/catch-up.ts";
import { reenqueueCatchUps } from "../../src/engine/catch-up/job.ts";
import { createLease, LeaseLost, listCatchUps, requestCatchUp } from "../../src/engine/index.ts";
import { createProcesses } from "../../src/engine/processes.ts";
import { registerChannel, rowsOf } from "../../src/eventlog/index.ts";
import { rtcEvent } from "../eventlog/deliveries.ts";
import { logLines } from "../support/log-lines.ts";
import { agoraRefusal } from "./providers.ts";
import { log, useWorlds, type World } from "./world.ts";

const worlds = useWorlds();
const refusal = () => Promise.resolve(agoraRefusal(503));

beforeEach(() =>
  worlds.database.knex.raw(
    `truncate tally.events, tally.channels, tally.effects, tally.sessions, tally.catch_ups, tally.stage_visits, tally.stream_metrics,
       tally.viewer_counts, tally.audience,
       tally.notifications, tally.notification_deliveries, tally.processes, tally_jobs._private_jobs cascade;
     update tally.heartbeat set beat_at = null, previous_at = null`,
  ),
);

type Overrides = Parameters<typeof worlds.open>[0];

/** A world, and what does its catch-ups. */
function open(overrides: Overrides = {}) {
  const world = worlds.open(overrides);
  const lines = logLines();
  const hooks = { beforeQuestion: () => Promise.resolve() };
  let questions = 0;
  const run = createCatchUp({
    ...worlds.database,
    log: lines.log,
    channelPolicy: overrides.channelPolicy ?? "auto",
    channels: world.fake.providers.channels,
    waitForCheckup: () => {
      questions++;
      return hooks.beforeQuestion();
    },
    advance: world.advancing.request,
  });
  return { world, run, hooks, lines: lines.lines, questions: () => questions };
}

/** Agora's channels, and who publishes in them. */
function atAgora({ fake }: World, channels: Record<string, number[]>, times = 20): void {
  const names = Object.keys(channels);
  for (let i = 0; i < times; i++) {
    fake.answer("list", (page) =>
      Promise.resolve({ ok: true, names: names.slice(page * 500, (page + 1) * 500), total: names.length }),
    );
    fake.answer("users", (name) => {
      const broadcasters = channels[name] ?? [];
      const channelExists = channels[name] !== undefined;
      return Promise.resolve({ ok: true, channelExists, communication: false, broadcasters, audienceTotal: 0 });
    });
  }
}

async function ask(channel: string | null = null): Promise<number> {
  return requestCatchUp(worlds.database.knex, worlds.database.schema, channel);
}

async function shown(id: number) {
  const [row] = await listCatchUps(worlds.database.knex, worlds.database.schema, { id, limit: 1 });
  return row;
}

async function jobs(): Promise<{ task: string; key: string }[]> {
  return rowsOf(worlds.database.knex, "select task_identifier as task, key from tally_jobs.jobs order by key");
}

async function names(): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(worlds.database.knex, "select name from tally.channels order by name");
  return rows.map(({ name }) => name);
}

const once = { isLast: false };

describe("a catch-up", () => {
  it("finds who left, who joined a channel that we know, and who joined one that we don't", async () => {
    const { world, run } = open();
    await world.deliver(rtcEvent(103, { channel: "left", uid: 1, seq: 1 }), rtcEvent(104, { channel: "back", uid: 2 }));
    await world.performAll();
    atAgora(world, { back: [2], fresh: [3], "viewers-only": [] });
    const id = await ask();
    await run(id, once);
    await world.advancing.idle();
    await world.performOnce();

    expect((await world.channel("left")).state.host.present).toBe(false);
    expect((await world.channel("back")).state.session).toMatchObject({ number: 1, cause: "host" });
    expect((await world.channel("fresh")).state.session).toMatchObject({ number: 1, cause: "host" });
    expect(await names()).toEqual(["back", "fresh", "left"]);
    expect(await shown(id)).toMatchObject({ status: "done", listed: 3, doubted: 2, asked: 2, registered: 1 });
  });

  it("tells nobody twice, however often it is tried", async () => {
    const { world, run } = open();
    await world.deliver(rtcEvent(103, { channel: "left", uid: 1, seq: 1 }));
    world.fake.answer("list", refusal, refusal);
    const id = await ask();
    for (let i = 0; i < 2; i++) await expect(run(id, once)).rejects.toThrow("HTTP 503");
    atAgora(world, { left: [] });
    await run(id, once);
    await run(id, once);
    await world.advancing.idle();

    const told = (await world.history("left")).filter((type) => type === "PresenceDoubted");
    expect(told).toHaveLength(1);
    expect(await shown(id)).toMatchObject({
      status: "done",
      doubted: 1,
      error: expect.stringContaining("503") as string,
    });
  });

  it("asks about a channel that we believe somebody in even if Agora gives no list", async () => {
    const { world, run } = open();
    await world.deliver(rtcEvent(103, { channel: "left", uid: 1, seq: 1 }));
    world.fake.answer("list", refusal);
    const id = await ask();
    await expect(run(id, once)).rejects.toThrow();
    await world.advancing.idle();
    expect((await world.effects("left")).map(({ type }) => type)).toContain("CheckPresence");
  });

  it("has failed when the last try has, and says so once", async () => {
    const { world, run, lines } = open();
    world.fake.answer("list", refusal);
    const id = await ask();
    await run(id, { isLast: true });
    await run(id, { isLast: true });
    expect(await shown(id)).toMatchObject({ status: "failed", error: expect.stringContaining("HTTP 503") as string });
    expect(lines.filter(({ msg }) => msg === "catch_up.failed")).toMatchObject([{ level: "error", catchUpId: id }]);
  });

  it("leaves channels alone that the app hasn't registered, where only those count", async () => {
    const { world, run } = open({ channelPolicy: "registered" });
    await registerChannel(worlds.database, "ours");
    atAgora(world, { ours: [1], theirs: [2] });
    const id = await ask();
    await run(id, once);
    await world.advancing.idle();
    expect(await names()).toEqual(["ours"]);
    expect(await shown(id)).toMatchObject({ listed: 2, doubted: 1, asked: 0 });
    expect(world.fake.count("users")).toBe(0);
  });

  it("registers no channel of the communication profile, where everybody publishes", async () => {
    const { world, run } = open();
    world.fake.answer("list", () => Promise.resolve({ ok: true, names: ["call"], total: 1 }));
    world.fake.answer("users", () =>
      Promise.resolve({
        ok: true,
        channelExists: true,
        communication: true,
        broadcasters: [1, 2],
        audienceTotal: null,
      }),
    );
    await run(await ask(), once);
    expect(world.fake.count("users")).toBe(1);
    expect(await names()).toEqual([]);
  });

  it("asks about one channel only, known or not", async () => {
    const { world, run } = open();
    await world.deliver(rtcEvent(103, { channel: "other", uid: 1, seq: 1 }));
    atAgora(world, { fresh: [3], other: [] });
    const id = await ask("fresh");
    await run(id, once);
    await world.advancing.idle();
    expect(await names()).toEqual(["fresh", "other"]);
    expect(await world.history("other")).not.toContain("PresenceDoubted");
    expect(world.fake.count("list")).toBe(0);
    expect(await shown(id)).toMatchObject({ status: "done", channel: "fresh", asked: 1, registered: 1 });
  });
});

describe("ten thousand channels at Agora, fifty of them ours", () => {
  it("are listed in twenty pages, and the unknown ones asked about a chunk at a time", async () => {
    const { world, run, questions } = open();
    const all = Array.from({ length: 10_000 }, (_, i) => `room-${i}`);
    await worlds.database.knex.raw(
      `insert into tally.channels (id, name, state)
       select i + 1, 'room-' || i, '{"host":{"present":false}}' from generate_series(0, 49) i`,
    );
    atAgora(world, Object.fromEntries(all.map((name) => [name, []])), 200);
    const id = await ask();
    // Only the pages and the first chunk: what is left has a job of its own.
    await run(id, once);
    expect(world.fake.count("list")).toBe(20);
    expect(world.fake.count("users")).toBe(50);
    expect(questions()).toBe(70);
    expect(await shown(id)).toMatchObject({ status: "open", listed: 10_000, doubted: 50, asked: 50 });
    expect(await jobs()).toMatchObject([{ task: "catch_up", key: `catch-up:${id}` }]);

    await run(id, once);
    expect(world.fake.count("list")).toBe(20);
    expect(await shown(id)).toMatchObject({ asked: 100 });
  });

  it("ends a list that never does", async () => {
    const { world, run } = open();
    const same = () => Promise.resolve({ ok: true as const, names: ["again"], total: 1_000_000 });
    world.fake.answer("list", same, same, same);
    await run(await ask(), once);
    expect(world.fake.count("list")).toBe(2);
  });

  it("a process that stops in the middle leaves what it knows to the next, and fails nothing", async () => {
    const { world, run, hooks } = open();
    atAgora(world, { a: [], b: [], c: [] });
    const id = await ask();
    hooks.beforeQuestion = () =>
      world.fake.count("users") < 2 ? Promise.resolve() : Promise.reject(new LeaseLost("stopping"));
    await expect(run(id, { isLast: true })).rejects.toThrow(LeaseLost);
    expect(await shown(id)).toMatchObject({ status: "open", asked: 2, error: null });
    hooks.beforeQuestion = () => Promise.resolve();
    await run(id, once);
    expect(world.fake.calls.map(({ input }) => input)).toEqual([0, "a", "b", "c"]);
    expect(await shown(id)).toMatchObject({ status: "done", asked: 3 });
  });

  it("a question that is refused keeps no other waiting, and is asked again", async () => {
    const { world, run } = open();
    const all = Array.from({ length: 6 }, (_, i) => `room-${i}`);
    world.fake.answer("list", () => Promise.resolve({ ok: true, names: all, total: 6 }));
    world.fake.answer("users", refusal, refusal, refusal);
    const id = await ask();
    await expect(run(id, once)).rejects.toThrow("HTTP 503");
    expect(world.fake.count("users")).toBe(3); // three in a row: it is likely down
    await run(id, once);
    const asked = world.fake.calls.filter(({ name }) => name === "users").map(({ input }) => input);
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2].map((i) => `room-${i}`));
    expect(await shown(id)).toMatchObject({ status: "done", asked: 6, registered: 0 });
  });
});

describe("a gap in the heartbeats", () => {
  const beat = async (...ids: string[]) => {
    const processes = ids.map((id) => ({
      id,
      process: createProcesses({
        ...worlds.database,
        lease: createLease(),
        log,
        catchUpAfterMs: 60_000,
        isInHand: () => false,
      }),
    }));
    await Promise.all(processes.map(({ id, process }) => process.start(id)));
    await Promise.all(processes.map(({ process }) => process.stop()));
  };
  const silentFor = (seconds: number) =>
    worlds.database.knex.raw(
      "update tally.heartbeat set beat_at = clock_timestamp() - make_interval(secs => :seconds)",
      { seconds },
    );
  const catchUps = () => listCatchUps(worlds.database.knex, worlds.database.schema, { limit: 10 });

  it("asks for one catch-up, though several processes start at once and none was left on the list", async () => {
    await silentFor(75);
    await beat("a", "b", "c", "d");
    const found = await catchUps();
    expect(found).toMatchObject([{ why: "outage", channel: null, status: "open" }]);
    expect(found[0]?.gapSeconds).toBeGreaterThanOrEqual(75);
    expect(await jobs()).toEqual([{ task: "catch_up", key: `catch-up:${found[0]?.id}` }]);
  });

  it("asks for none at a first start, nor after a short one", async () => {
    await beat("first");
    await silentFor(50);
    await beat("soon");
    expect(await catchUps()).toEqual([]);
  });

  it("asks for none where it is switched off", async () => {
    await silentFor(5_000);
    const processes = createProcesses({
      ...worlds.database,
      lease: createLease(),
      log,
      catchUpAfterMs: 0,
      isInHand: () => false,
    });
    await processes.start("never");
    await processes.stop();
    expect(await catchUps()).toEqual([]);
  });

  it("moves on with nothing if the wish can't be recorded, so that the next beat finds it again", async () => {
    await silentFor(75);
    await worlds.database.knex.raw("alter table tally.catch_ups add constraint broken check (why <> 'outage')");
    await beat("breaks");
    await worlds.database.knex.raw("alter table tally.catch_ups drop constraint broken");
    expect(await catchUps()).toEqual([]);
    await beat("mends");
    expect(await catchUps()).toHaveLength(1);
  });

  it("a catch-up whose job is gone gets another, and one that has one does not", async () => {
    const { knex, schema } = worlds.database;
    const id = await ask();
    expect(await reenqueueCatchUps(knex, schema)).toEqual([]);
    await knex.raw("delete from tally_jobs._private_jobs");
    expect(await reenqueueCatchUps(knex, schema)).toEqual([id]);
    expect(await jobs()).toHaveLength(1);
  });
});
