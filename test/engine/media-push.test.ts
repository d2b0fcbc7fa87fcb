import { describe, expect, it } from "vitest";

import { listEvents } from "../../src/eventlog/index.ts";
import { defaultPolicy } from "../../src/live/index.ts";
import { delivery, rtcEvent } from "../eventlog/deliveries.ts";
import { agoraRefusal } from "./providers.ts";
import { useWorlds, type World } from "./world.ts";

const file = useWorlds();

/** Whoever leaves is gone at once. */
const openWorld = (): World => file.open({ defaultMode: "media-push", policy: { ...defaultPolicy, stopGraceMs: 0 } });

async function openEffect(world: World, channel: string, type: string): Promise<number> {
  const effect = (await world.effects(channel)).find((one) => one.type === type && one.status === "open");
  if (effect === undefined) throw new Error(`no open ${type}`);
  return effect.id;
}

async function perform(world: World, channel: string, type: string): Promise<void> {
  await world.perform(await openEffect(world, channel, type), { isLast: false });
}

/** A host joins, and her live input is there. */
async function readyToStart(world: World, channel: string): Promise<void> {
  await world.deliver(rtcEvent(103, { channel, uid: 7, seq: 1 }));
  await perform(world, channel, "EnsureLiveInput");
}

/** What Agora says of a converter, without its channel. */
function converterIs(state: string, id: string) {
  const payload = {
    noticeId: id,
    productId: 5,
    eventType: 3,
    payload: { converter: { id, state }, lts: 1_790_003_600 },
  };
  return delivery("push.3", { kind: "converter", key: id }, `5:3:${id}`, payload);
}

describe("a channel in mode media-push", () => {
  it("makes one converter, by a name of its own, for the hosts who are here", async () => {
    const world = openWorld();
    await readyToStart(world, "channel_31");
    await perform(world, "channel_31", "StartRelay");

    expect(world.fake.count("acquire")).toBe(0);
    const [create] = world.fake.calls.filter(({ name }) => name === "createConverter");
    expect(create?.input).toMatchObject({
      channel: "channel_31",
      name: "tally-31-1-1",
      picture: { width: 1280, height: 720, fps: 30, bitrateKbps: 2500 },
      hosts: [7],
    });
    const { state } = await world.channel("channel_31");
    expect(state.recorders["tally-31-1-1"]).toMatchObject({
      mode: "media-push",
      state: "running",
      recordingSid: "id-of-tally-31-1-1",
      layout: { shown: [7] },
    });
  });

  it("adopts the converter that an unanswered call has made", async () => {
    const world = openWorld();
    await readyToStart(world, "channel_32");
    const exists = { ...agoraRefusal(409), disposition: "exists" as const };
    world.fake.answer("createConverter", () => Promise.resolve(exists));
    await perform(world, "channel_32", "StartRelay");
    const { state } = await world.channel("channel_32");
    expect(state.recorders["tally-32-1-1"]).toMatchObject({ state: "running", recordingSid: "id-of-tally-32-1-1" });
    expect(state.relay?.resourceId).toBe("tally-32-1-1");
  });

  it("asks again under the same name when the name is taken and nothing is listed", async () => {
    const world = openWorld();
    await readyToStart(world, "channel_33");
    world.fake.answer("createConverter", () => Promise.resolve({ ...agoraRefusal(409), disposition: "exists" }));
    world.fake.answer("findConverter", () => Promise.resolve({ ok: true, converter: null }));
    await perform(world, "channel_33", "StartRelay");
    const [failed] = await listEvents(file.database, { channel: "channel_33", type: "RelayStartFailed" });
    expect(failed?.payload).toMatchObject({ resourceId: "tally-33-1-1", disposition: "retry", mayRun: true });
  });

  it("stops one whose id is not known by its name", async () => {
    const world = openWorld();
    await readyToStart(world, "channel_34");
    const refusal = { ...agoraRefusal(null), disposition: "retry" as const, mayRun: true };
    world.fake.answer("createConverter", () => Promise.resolve(refusal));
    await perform(world, "channel_34", "StartRelay");
    await world.deliver(rtcEvent(104, { channel: "channel_34", uid: 7, seq: 2 }));
    await perform(world, "channel_34", "StopRecorder");
    const [find, remove] = world.fake.calls.slice(-2);
    expect(find).toMatchObject({ name: "findConverter", input: "channel_34" });
    expect(remove).toMatchObject({ name: "removeConverter", input: "id-of-tally-34-1-1" });
  });

  it("gives its channel a converter's notification that came before anybody knew whose it is", async () => {
    const world = openWorld();
    await readyToStart(world, "channel_35");
    await world.deliver(converterIs("running", "id-of-tally-35-1-1"));
    await perform(world, "channel_35", "StartRelay");
    await world.advancing.idle();
    const { state } = await world.channel("channel_35");
    const { rtmp, uid } = state.recorders["tally-35-1-1"] ?? {};
    expect(rtmp?.[uid ?? 0]).toMatchObject({ status: "publishing" });
  });

  it("is told who else is here, and goes on asking for a converter's state like for a recorder's", async () => {
    const world = openWorld();
    await readyToStart(world, "channel_36");
    await perform(world, "channel_36", "StartRelay");
    await world.deliver(rtcEvent(103, { channel: "channel_36", uid: 8, seq: 2 }));
    await perform(world, "channel_36", "ArrangeHosts");
    const arrange = world.fake.calls.at(-1);
    expect(arrange).toMatchObject({
      name: "arrangeConverter",
      input: { converterId: "id-of-tally-36-1-1", sequence: 0, hosts: [7, 8] },
    });
    const { state } = await world.channel("channel_36");
    expect(state.recorders["tally-36-1-1"]?.layout).toMatchObject({ shown: [7, 8], rounds: 1, asked: null });
  });
});
