import { describe, expect, it } from "vitest";

import { deleteOld, type Kind, planRetention, rebuildChannel, refoldChannel } from "../../src/engine/index.ts";
import { createRetention } from "../../src/engine/retention/retention.ts";
import { rowsOf } from "../../src/eventlog/index.ts";
import { defaultPolicy } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { readTimeline } from "../../src/timeline/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { rtcEvent } from "../eventlog/deliveries.ts";
import { useWorlds, type World } from "./world.ts";

const file = useWorlds();

const sql = <Row>(text: string, values: Record<string, unknown> = {}) => rowsOf<Row>(file.database.knex, text, values);

/** Everything is old that happened before now. */
const rulesOf = (world: World, eventsDays: number | null = 0) => ({ ...file.database, ...world.rules, eventsDays });

async function deleteAll(world: World, eventsDays: number | null = 0): Promise<Partial<Record<Kind, number>>> {
  const deleted: Partial<Record<Kind, number>> = {};
  for await (const { kind, rows } of deleteOld(rulesOf(world, eventsDays))) {
    if (rows > 0) deleted[kind] = (deleted[kind] ?? 0) + rows;
  }
  return deleted;
}

let seq = 1;
const join = (channel: string, uid = 7) => rtcEvent(103, { channel, uid, seq: ++seq });
const leave = (channel: string, uid = 7) => rtcEvent(104, { channel, uid, seq: ++seq });

/** Goes live, and is stopped; its recorder is proven to have ended. */
async function broadcast(world: World, channel: string): Promise<void> {
  await world.deliver(join(channel));
  await world.performAll();
  await end(world, channel);
}

async function end(world: World, channel: string): Promise<void> {
  world.fake.answer("stop", () => Promise.resolve({ ok: true, outcome: "already_stopped" }));
  await world.ask(channel, { type: "StopRequested" });
  await world.performAll();
  await world.deliver(leave(channel));
}

/** A channel with what the database holds of it. */
async function rowsOfChannel(name: string) {
  const [channel] = await sql<{ id: number }>("select * from tally.channels where name = :name", { name });
  if (channel === undefined) throw new Error(`no channel ${name}`);
  const { id } = channel;
  const [count] = await sql<{ events: number; effects: number }>(
    `select (select count(*) from tally.events where channel_id = :id and applied_version is not null) as events,
       (select count(*) from tally.effects where channel_id = :id) as effects`,
    { id },
  );
  const sessions = await sql("select * from tally.sessions where channel_id = :id order by number", { id });
  return { channel, events: count?.events ?? 0, effects: count?.effects ?? 0, sessions };
}

/** The keys of the channel's decisions that the log holds. */
async function keysOf(name: string): Promise<string[]> {
  const rows = await sql<{ key: string }>(
    `select dedupe_key as key from tally.events e join tally.channels c on c.id = e.channel_id
     where c.name = :name and e.source = 'tally'`,
    { name },
  );
  return rows.map(({ key }) => key);
}

describe("a channel's history", () => {
  it("goes with its closed effects once nothing is open, and the channel is rebuilt and goes on as before", async () => {
    const world = file.open();
    await broadcast(world, "closed");
    const before = await rowsOfChannel("closed");
    const keys = await keysOf("closed");
    const deleted = await deleteAll(world);
    expect(deleted.events).toBeGreaterThanOrEqual(before.events);
    expect(deleted.effects).toBeGreaterThanOrEqual(before.effects);
    expect(await rowsOfChannel("closed")).toEqual({ ...before, events: 0, effects: 0 });
    expect(await rebuildChannel(file.database, before.channel.id, world.rules)).toMatchObject({
      differs: false,
      keptFrom: expect.any(String) as string,
    });
    expect(await rowsOfChannel("closed")).toEqual({ ...before, events: 0, effects: 0 });

    expect(await readTimeline(file.database, `${before.channel.id}-1`, defaultPolicy)).toMatchObject({
      entries: [],
      keptFrom: expect.any(String) as string,
    });

    await world.ask("closed", { type: "HoldReleased" });
    await broadcast(world, "closed");
    const { channel, sessions } = await rowsOfChannel("closed");
    expect(sessions).toHaveLength(2);
    const later = await keysOf("closed");
    expect(later.length).toBeGreaterThan(5);
    expect(later.filter((key) => keys.includes(key))).toEqual([]);
    expect(await rebuildChannel(file.database, channel.id, world.rules)).toMatchObject({ differs: false });
    expect(await rowsOfChannel("closed")).toMatchObject({ channel, sessions });
  });

  it("stays while its session is open, and the plan says why", async () => {
    const world = file.open();
    await world.deliver(join("open"));
    await world.performAll();
    const before = await rowsOfChannel("open");
    await deleteAll(world);
    expect(await rowsOfChannel("open")).toEqual(before);
    expect((await planRetention(rulesOf(world))).keeps).toContainEqual({
      channel: "open",
      events: before.events,
      reasons: ["open_session", "running_recorder"],
    });
    await end(world, "open");
  });

  it("stays from an event on that broke our code, until it is folded", async () => {
    const world = file.open();
    await world.deliver(join("broken", 5), leave("broken", 5));
    world.reading.interpret = () => {
      throw new Error("a bug");
    };
    const [failed] = await world.deliver(join("broken", 6));
    world.reading.interpret = interpret;
    await world.deliver(leave("broken", 6));
    await end(world, "broken");
    await deleteAll(world);
    const left = await sql<{ id: number }>(
      "select e.id from tally.events e join tally.channels c on c.id = e.channel_id where c.name = 'broken' order by e.id",
    );
    expect(left[0]?.id).toBe(failed);
    expect(left.length).toBeGreaterThan(1);
    const { keeps } = await planRetention(rulesOf(world));
    expect(keeps.filter(({ channel }) => channel === "broken")).toMatchObject([{ reasons: ["unfolded_event"] }]);

    const { id } = await world.channel("broken");
    const selection = { ids: [failed ?? 0] };
    expect(await refoldChannel(file.database, id, selection, world.rules, { act: false })).toMatchObject({
      differs: true,
    });
    await deleteAll(world);
    expect(await rowsOfChannel("broken")).toMatchObject({ events: 0 });
    expect(await rebuildChannel(file.database, id, world.rules)).toMatchObject({ differs: false });
  });

  it("stays from a given-up call on only while a person may have it made again", async () => {
    const world = file.open();
    await broadcast(world, "given up");
    await sql("update tally.effects set status = 'dead' where channel_id = :id", await world.channel("given up"));
    await deleteAll(world);
    expect(await rowsOfChannel("given up")).toMatchObject({ events: 0, effects: 0 });
  });

  it("stays from an owed call on", async () => {
    const world = file.open();
    await broadcast(world, "owed");
    const { id } = await world.channel("owed");
    await sql("update tally.effects set status = 'open' where channel_id = :id and type = 'StopRecorder'", { id });
    await deleteAll(world);
    expect((await rowsOfChannel("owed")).events).toBeGreaterThan(0);
    expect((await planRetention(rulesOf(world))).keeps).toMatchObject([{ channel: "owed", reasons: ["owed_call"] }]);
    await sql("update tally.effects set status = 'cancelled' where channel_id = :id and status = 'open'", { id });
    await deleteAll(world);
    expect(await rowsOfChannel("owed")).toMatchObject({ events: 0, effects: 0 });
  });

  it("stays where it breaks our code that reads it again", async () => {
    const world = file.open();
    await broadcast(world, "unread");
    const { id } = await world.channel("unread");
    world.rules.interpret = () => {
      throw new Error("a bug");
    };
    const { events } = await rowsOfChannel("unread");
    await deleteAll(world);
    expect(await rowsOfChannel("unread")).toMatchObject({ events });
    expect(await sql("select from tally.snapshots where channel_id = :id", { id })).toEqual([]);
  });

  it("is planned as it is deleted, and kept for ever if nobody says otherwise", async () => {
    const world = file.open();
    await deleteAll(world);
    await broadcast(world, "planned");
    expect((await planRetention(rulesOf(world, null))).deletes).toContainEqual({ kind: "events", days: null, rows: 0 });
    expect(await deleteAll(world, null)).not.toHaveProperty("events");
    const planned = (await planRetention(rulesOf(world))).deletes.filter(({ rows }) => rows > 0);
    expect(Object.fromEntries(planned.map(({ kind, rows }) => [kind, rows]))).toEqual(await deleteAll(world));
  });
});

describe("what is too old", () => {
  it("is deleted by one process at a time, and one that was stopped is gone on with", async () => {
    const world = file.open();
    await deleteAll(world);
    for (const channel of ["a", "b", "c"]) await broadcast(world, channel);
    const lines: string[] = [];
    const log = createLogger({ level: "debug", destination: { write: (line) => lines.push(line) } });
    const steps: Kind[] = [];
    const open = (onStep: () => void) =>
      createRetention({
        ...rulesOf(world),
        log,
        pauseMs: () => 0,
        onDeleted({ kind, rows }) {
          if (rows === 0) return;
          steps.push(kind);
          onStep();
        },
      });
    const first = open(() => void first.stop());
    const second = open(() => undefined);
    await Promise.all([first.look(), first.look()]);
    expect(steps).toHaveLength(1);
    await Promise.all([second.look(), open(() => undefined).look()]);
    expect(await Promise.all(["a", "b", "c"].map(rowsOfChannel))).toMatchObject([
      { events: 0, effects: 0 },
      { events: 0, effects: 0 },
      { events: 0, effects: 0 },
    ]);
    expect(lines.filter((line) => line.includes("retention.deleted"))).toHaveLength(2);
    // Not due again.
    await broadcast(world, "a");
    await open(() => undefined).look();
    expect((await rowsOfChannel("a")).events).toBeGreaterThan(0);
  });

  it("are a viewer's events that no channel folded, whether or not others are kept", async () => {
    const world = file.open();
    await world.deliver(join("watched"), leave("watched"));
    await end(world, "watched");
    await sql("update tally.retention set viewers_up_to = (select max(id) from tally.events)");
    await world.deliver(
      ...[1, 2, 3].map((uid) => rtcEvent(105, { channel: "watched", uid: 900 + uid, seq: 1 })),
      rtcEvent(105, { channel: "elsewhere", uid: 905, seq: 1 }),
    );
    const isOld = "update tally.events set received_at = received_at - interval '31 days' where type = 'rtc.105'";
    await sql(`${isOld} and payload #>> '{payload,uid}' <> '903'`);
    const left = () => sql("select payload #>> '{payload,uid}' as uid from tally.events where type = 'rtc.105'");
    expect((await planRetention(rulesOf(world, null))).deletes).toContainEqual({ kind: "viewers", days: 30, rows: 3 });
    expect(await deleteAll(world, null)).toMatchObject({ viewers: 2 });
    expect(await left()).toEqual([{ uid: "903" }, { uid: "905" }]);
    await sql(`${isOld} and payload #>> '{payload,uid}' = '903'`);
    expect(await deleteAll(world, null)).toMatchObject({ viewers: 2 });
    expect(await left()).toEqual([]);
  });

  it("are rows for people, each by its own rule, but no notification that an endpoint waits for", async () => {
    const world = file.open();
    await broadcast(world, "told");
    const { id } = await world.channel("told");
    const old = "clock_timestamp() - interval '31 days'";
    await sql(
      `insert into tally.provider_calls (id, at, provider, operation, method, path)
         select gen_random_uuid(), at, 'agora', 'start', 'POST', '/' from (values (${old}), (clock_timestamp())) v (at);
       insert into tally.refusals (minute, source, door, why, count)
         values (${old}, 'agora', '/agora', 'x', 1), (clock_timestamp(), 'agora', '/agora', 'x', 1);
       insert into tally.stream_metrics (channel_id, "timestamp")
         values (${id}, clock_timestamp() - interval '401 days'), (${id}, ${old});
       insert into tally.stage_visits (channel_id, session, attempt, visit_hash, seen_at)
         values (${id}, 1, 1, 'x', ${old}), (${id}, 1, 2, 'x', clock_timestamp());
       insert into tally.notification_endpoints (id, url, secret) values ('ep_1', 'https://x.test', ''), ('ep_2', 'https://y.test', '');
       insert into tally.notifications (id, type, body, created_at)
         values ('sent', 'x', '{}', ${old}), ('waits', 'x', '{}', ${old}), ('new', 'x', '{}', clock_timestamp());
       insert into tally.notification_deliveries (notification_id, endpoint_id, status)
         values ('sent', 'ep_1', 'delivered'), ('sent', 'ep_2', 'given_up'), ('waits', 'ep_1', 'delivered'), ('waits', 'ep_2', 'pending')`,
    );
    expect(await deleteAll(world, null)).toEqual({
      calls: 1,
      refusals: 1,
      samples: 1,
      stage_visits: 1,
      notifications: 1,
    });
    const left = await sql("select id from tally.notifications where type = 'x' order by id");
    expect(left).toEqual([{ id: "new" }, { id: "waits" }]);
    expect(await sql("select from tally.notification_deliveries")).toHaveLength(2);
  });
});
