import { beforeEach, describe, expect, it } from "vitest";

import { createAdvance, deleteOld, rebuildChannel } from "../../src/engine/index.ts";
import { getEvent, listEvents, registerAs, rowsOf } from "../../src/eventlog/index.ts";
import { type ErasedChannel, erasePerson, type Person, planErasure } from "../../src/operators/index.ts";
import { log, useWorlds, type World } from "../engine/world.ts";
import { delivery, rtcEvent } from "../eventlog/deliveries.ts";
import { dumpDatabase } from "../support/dump.ts";

const file = useWorlds();

const sql = <Row>(text: string, values: Record<string, unknown> = {}) => rowsOf<Row>(file.database.knex, text, values);

/** Numbers and names that are nowhere by chance. */
const uid = 740_001_234;
const account = "jane-of-the-shoes";
const userId = "seller-jane";
const other = 740_009_999;

let channel: string;
let channels = 0;
let seq = 0;
beforeEach(() => {
  channel = `evening ${++channels}`;
});

/** A channel event as Agora tells it where the app goes by accounts. */
function told(eventType: number, of: { uid: number; account?: string; channel?: string }) {
  const { channel: name = channel, ...who } = of;
  const payload = { channelName: name, clientSeq: ++seq, ts: Math.floor(Date.now() / 1000), platform: 7, ...who };
  const noticeId = `notice ${channels} ${seq}`;
  const body = { noticeId, productId: 1, eventType, payload };
  return delivery(`rtc.${eventType}`, { kind: "channel", key: name }, `1:${eventType}:${noticeId}`, body);
}

/** An evening that leaves its host everywhere: two hosts in the picture of a converter, one of them is the channel's. */
async function evening(world: World): Promise<void> {
  await registerAs(file.database, channel, { hostUid: uid, hostUserId: userId, relayMode: "media-push" }, "a test");
  world.fake.answer("users", () =>
    Promise.resolve({
      ok: true,
      channelExists: true,
      communication: false,
      broadcasters: [uid, other],
      audienceTotal: 9,
    }),
  );
  await world.deliver(told(105, { uid, account }), told(103, { uid, account }));
  await world.performAll();
  await world.deliver(told(103, { uid: other }), told(112, { uid, account }), told(111, { uid, account }));
  await world.performAll();
  const { id } = await world.channel(channel);
  await sql(
    `insert into tally.provider_calls (id, at, channel_id, provider, operation, method, path, request)
       values (gen_random_uuid(), clock_timestamp(), :id, 'agora', 'x', 'POST', '/', '{"rtcStreamUid": ${uid}}'),
         (gen_random_uuid(), clock_timestamp(), :id, 'agora', 'other', 'POST', '/', '{"rtcStreamUid": ${other}}')`,
    { id },
  );
  await world.deliver(
    { ...told(104, { uid, account }), payload: undefined, raw: JSON.stringify(told(104, { uid, account }).payload) },
    told(999, { uid, account }),
  );
}

/** Stops it, until each recorder is proven to have ended. */
async function endOf(world: World): Promise<void> {
  await world.ask(channel, { type: "StopRequested" });
  await world.deliver(told(104, { uid, account }));
  await world.performAll();
  const { state } = await world.channel(channel);
  for (const [resourceId, { stop }] of Object.entries(state.recorders)) {
    await world.ask(channel, { type: "RecorderStopConfirmed", resourceId, round: stop?.round ?? 1 });
  }
  await world.performAll();
}

const dump = () => dumpDatabase(file.database.knex);
const linesWith = (text: string, word: string | number) =>
  text.split("\n").filter((line) => line.includes(String(word)));

async function erase(world: World, person: Person): Promise<ErasedChannel[]> {
  const erased: ErasedChannel[] = [];
  const rules = { ...world.rules, defaultMode: "cloud-recording", maxActiveRelays: 50, log } as const;
  const advance = createAdvance({ ...file.database, ...rules });
  for await (const each of erasePerson(file.database, person, rules, "a test")) {
    erased.push(each);
    await advance.advance(each.channelId);
  }
  await advance.idle();
  return erased;
}

describe("erasing a person", () => {
  it("leaves nothing of them anywhere, and the channel adds up to its state as before", async () => {
    const world = file.open();
    await evening(world);
    await endOf(world);
    const before = await world.channel(channel);
    const sessions = await sql("select * from tally.sessions where channel_id = :id", before);
    const full = await dump();
    for (const word of [uid, account, userId]) expect(linesWith(full, word)).not.toEqual([]);

    const person = { uid, userId };
    const plan = await planErasure(file.database, person);
    expect(linesWith(await dump(), uid)).toEqual(linesWith(full, uid));
    const erased = await erase(world, person);
    expect(erased).toEqual(plan.channels);
    expect(erased).toMatchObject([{ channel, calls: 1, isTheirs: true }]);
    const left = await dump();
    for (const word of [uid, account, userId]) expect(linesWith(left, word)).toEqual([]);
    expect(linesWith(left, other)).not.toEqual([]);

    const after = await world.channel(channel);
    expect(await rebuildChannel(file.database, after.id, world.rules)).toMatchObject({ differs: false });
    expect(await world.channel(channel)).toMatchObject({ state: after.state });
    expect(await sql("select * from tally.sessions where channel_id = :id", before)).toEqual(sessions);
    const [pseudonym] = Object.keys(after.state.presence).filter((key) => before.state.presence[key] === undefined);
    expect(Number(pseudonym)).toBeGreaterThan(0xffff_ffff);
    expect(after.state).toMatchObject({ hostUid: Number(pseudonym), host: before.state.host });

    const [event] = await listEvents(file.database, { channel, type: "PersonErased" });
    expect(event).toMatchObject({
      source: "operator",
      payload: { by: "a test", events: expect.any(Number) as number },
    });
    const changed = await sql<{ id: number }>("select id from tally.events where erased_at is not null limit 1");
    expect(await getEvent(file.database, changed[0]?.id ?? 0)).toMatchObject({ erasedAt: expect.any(Date) as Date });
    expect(await erase(world, person)).toEqual([]);
  });

  it("reaches what is in a snapshot only", async () => {
    const world = file.open();
    await evening(world);
    await endOf(world);
    for await (const _ of deleteOld({ ...file.database, ...world.rules, eventsDays: 0 }));
    const { id } = await world.channel(channel);
    expect(await sql("select from tally.snapshots where channel_id = :id", { id })).toHaveLength(1);
    await erase(world, { uid, userId });
    expect(linesWith(await dump(), uid)).toEqual([]);
    expect(await rebuildChannel(file.database, id, world.rules)).toMatchObject({ differs: false });
  });

  it("is refused while they are in a broadcast, and changes nothing", async () => {
    const world = file.open();
    await world.deliver(told(103, { uid, account }));
    const before = await dump();
    await expect(planErasure(file.database, { uid })).rejects.toThrow(/Not now: they are in evening \d+ as far as/);
    await expect(erase(world, { uid })).rejects.toThrow(/the same again erases them/);
    expect(await dump()).toBe(before);
    await endOf(world);
    expect(await erase(world, { uid })).toMatchObject([{ channel, events: 2 }]);
  });

  it("is refused for Tally's own clients", async () => {
    const world = file.open();
    await world.deliver(told(103, { uid: other }));
    const { id } = await world.channel(channel);
    await world.deliver(told(105, { uid: 999_000 + id }));
    await expect(erase(world, { uid: 999_000 + id, channel })).rejects.toThrow(
      /is nobody: in evening \d+ it is Tally's/,
    );
  });

  it("takes a small uid for nothing but a uid, and keeps to a channel if it is given one", async () => {
    const world = file.open();
    const elsewhere = `${channel} elsewhere`;
    await world.deliver(
      rtcEvent(103, { channel, uid: 7, seq: 7, ts: 7 }),
      rtcEvent(104, { channel, uid: 7, seq: 8, ts: 7 }),
    );
    await world.deliver(
      rtcEvent(103, { channel: elsewhere, uid: 7, seq: 1 }),
      rtcEvent(104, { channel: elsewhere, uid: 7, seq: 2 }),
    );
    await world.ask(channel, { type: "StopRequested" });
    const before = await world.channel(elsewhere);
    expect(await erase(world, { uid: 7, channel })).toMatchObject([{ channel, events: 2 }]);
    const events = await listEvents(file.database, { channel, type: "103" });
    expect(events[0]?.payload).toMatchObject({ payload: { clientSeq: 7, ts: 7, uid: expect.any(Number) as number } });
    expect(await world.channel(elsewhere)).toEqual(before);
  });

  it("deletes what has no channel, and what they did as a viewer", async () => {
    const world = file.open({ channelPolicy: "registered" });
    await world.deliver(told(103, { uid, account, channel: "unknown" }));
    await expect(erase(world, { uid })).rejects.toThrow(/no channel yet tells of them and waits/);
    await sql("update tally.events set status = 'ignored' where channel_id is null");
    const viewer = file.open();
    await viewer.deliver(told(103, { uid: other }), told(104, { uid: other }));
    await viewer.deliver(told(105, { uid, account }), told(106, { uid, account }));
    expect((await planErasure(file.database, { uid })).strays).toBe(1);
    expect(await erase(world, { uid })).toMatchObject([{ channel, events: 0, viewer: 2 }]);
    expect(linesWith(await dump(), account)).toEqual([]);
  });
});
