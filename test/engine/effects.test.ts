import { describe, expect, it } from "vitest";

import { listEvents, rowsOf } from "../../src/eventlog/index.ts";
import { defaultPolicy, type LiveEvent, reservedUids } from "../../src/live/index.ts";
import { ingestEvent, rtcEvent } from "../eventlog/deliveries.ts";
import { agoraRefusal, cloudflareRefusal, grantUntil, storageRefusal } from "./providers.ts";
import { useWorlds, type World } from "./world.ts";

const file = useWorlds();

function openWorld(policy: Partial<typeof defaultPolicy> = {}): World {
  return file.open({ policy: { ...defaultPolicy, ...policy } });
}

/** A host joins, and the channel has its live input; the start is the next effect. */
async function readyToStart(world: World, channel: string): Promise<number> {
  await world.deliver(rtcEvent(103, { channel, uid: 7, seq: 1 }));
  const [ensure] = await world.effects(channel);
  await world.perform(ensure?.id ?? 0, { isLast: false });
  return openEffect(world, channel, "StartRelay");
}

async function openEffect(world: World, channel: string, type: string): Promise<number> {
  const effects = await world.effects(channel);
  const effect = effects.find((one) => one.type === type && one.status === "open");
  if (effect === undefined) throw new Error(`no open ${type} among ${effects.map((one) => one.key).join(", ")}`);
  return effect.id;
}

async function effect(world: World, channel: string, id: number) {
  return (await world.effects(channel)).find((one) => one.id === id);
}

async function outcome(channel: string, type: LiveEvent["type"]): Promise<unknown> {
  const [event] = await listEvents(file.database, { channel, type });
  return event?.payload;
}

describe("StartRelay", () => {
  it("gives Agora the page of this attempt, the live input's URL and the uid that was acquired", async () => {
    const world = openWorld();
    const id = await readyToStart(world, "channel_11");
    await world.perform(id, { isLast: false });

    const { recorder } = reservedUids(11);
    const [acquire, start] = world.fake.calls.slice(-2);
    expect(acquire?.input).toEqual({ channel: "channel_11", uid: recorder, resourceExpiredHour: 13 });
    expect(start?.input).toMatchObject({
      channel: "channel_11",
      uid: recorder,
      resourceId: "resource-1",
      pageUrl: "http://127.0.0.1/stage/11-1-1",
      maxRecordingHour: 12,
      picture: { width: 1280, height: 720 },
    });
    expect(world.fake.calls.find(({ name }) => name === "grant")?.input).toEqual({ channelId: 11, session: 1 });
    const { rtmpUrl } = start?.input as { rtmpUrl: { reveal(): string } };
    expect(rtmpUrl.reveal()).toBe("rtmps://live.example/live/key-of-input-of-channel_11");
  });

  it("leaves no stream key in the database", async () => {
    const world = openWorld();
    await world.perform(await readyToStart(world, "secret"), { isLast: false });
    const [row] = await rowsOf<{ found: boolean }>(
      file.database.knex,
      `select exists (select from tally.events e where e::text like '%key-of-%')
         or exists (select from tally.effects e where e::text like '%key-of-%')
         or exists (select from tally.channels c where c::text like '%key-of-%') as found`,
    );
    expect(row?.found).toBe(false);
  });

  it("makes a refusal an outcome, and leaves the next try to the channel's policy", async () => {
    const world = openWorld({ startRetryMs: [0, 0] });
    world.fake.answer("acquire", () => Promise.resolve({ ...agoraRefusal(500, 500), disposition: "reacquire" }));
    const id = await readyToStart(world, "refused");
    await world.perform(id, { isLast: false });

    expect(await effect(world, "refused", id)).toMatchObject({
      status: "failed",
      error: "start: HTTP 500, code 500: refused by the test",
    });
    expect(await outcome("refused", "RelayStartFailed")).toMatchObject({ attempt: 1, resourceId: null, mayRun: false });
    await world.performAll();
    expect(world.fake.count("acquire")).toBe(2);
    expect((await world.channel("refused")).state.relay).toMatchObject({ attempt: 2 });
  });

  it.each([
    ["this_resource", { which: "this_resource" as const, recordingSid: null }],
    ["same_uid", { which: "same_uid" as const, recordingSid: "known-sid" }],
  ])("takes 'one runs already' (%s) for an answer", async (name, answer) => {
    const world = openWorld();
    world.fake.answer("start", () => Promise.resolve({ ...agoraRefusal(201, 7), disposition: "adopt", ...answer }));
    const id = await readyToStart(world, name);
    await world.perform(id, { isLast: false });

    expect(await effect(world, name, id)).toMatchObject({ status: "succeeded" });
    expect(await outcome(name, "RecorderAlreadyRunning")).toMatchObject({ resourceId: "resource-1", ...answer });
  });

  it("tells that the live input is gone, and pushes to a new one", async () => {
    const world = openWorld({ startRetryMs: [0, 0] });
    const id = await readyToStart(world, "gone");
    world.fake.answer("get", () => Promise.resolve(cloudflareRefusal(404, { notFound: true, final: true })));
    await world.perform(id, { isLast: false });
    expect(await outcome("gone", "LiveInputGone")).toEqual({ type: "LiveInputGone", liveInput: "input-of-gone" });
    expect(await outcome("gone", "RelayStartFailed")).toMatchObject({ disposition: "retry", resourceId: null });

    await world.performAll();
    expect(world.fake.count("create")).toBe(2);
    expect(world.fake.count("start")).toBe(1);
  });

  it("killed between acquire and start, starts the resource that it has", async () => {
    const world = openWorld();
    const id = await readyToStart(world, "killed");
    world.fake.answer("start", () => Promise.reject(new Error("the process is gone")));
    await expect(world.perform(id, { isLast: false })).rejects.toThrow("the process is gone");
    await world.perform(id, { isLast: false });

    expect(world.fake.count("acquire")).toBe(1);
    expect(world.fake.calls.filter((call) => call.name === "start")).toMatchObject([
      { input: { resourceId: "resource-1" } },
      { input: { resourceId: "resource-1" } },
    ]);
    expect(await effect(world, "killed", id)).toMatchObject({ status: "succeeded", attempts: 2 });
  });

  it("acquires anew when the resource is too old to be started", async () => {
    const world = openWorld();
    const id = await readyToStart(world, "stale");
    world.fake.answer("start", () => Promise.reject(new Error("the process is gone")));
    await expect(world.perform(id, { isLast: false })).rejects.toThrow();
    await file.database.knex.raw(
      `update tally.events set received_at = received_at - interval '5 minutes' where type = 'RecorderAcquired'`,
    );
    await world.perform(id, { isLast: false });
    expect(world.fake.count("acquire")).toBe(2);
  });

  it("does not start what is not wanted any more after the acquire", async () => {
    const world = openWorld();
    const id = await readyToStart(world, "hasty");
    world.fake.answer("acquire", async () => {
      await world.ask("hasty", { type: "StopRequested" });
      return { ok: true as const, resourceId: "resource-hasty" };
    });
    await world.perform(id, { isLast: false });

    expect(world.fake.count("start")).toBe(0);
    expect((await world.channel("hasty")).state.recorders["resource-hasty"]).toMatchObject({ state: "ended" });
  });
});

describe("once only", () => {
  it("an effect that is done calls nobody when its job runs again", async () => {
    const world = openWorld();
    const id = await readyToStart(world, "done");
    await world.perform(id, { isLast: false });
    const calls = world.fake.calls.length;
    await world.perform(id, { isLast: false });

    expect(world.fake.calls).toHaveLength(calls);
    expect(await effect(world, "done", id)).toMatchObject({ attempts: 1 });
  });

  it("an effect that is not wanted any more is cancelled without a call", async () => {
    const world = openWorld();
    const id = await readyToStart(world, "cancelled");
    await world.ask("cancelled", { type: "StopRequested" });
    await world.perform(id, { isLast: false });

    expect(await effect(world, "cancelled", id)).toMatchObject({ status: "cancelled" });
    expect(world.fake.count("acquire")).toBe(0);
  });

  it("an effect that isn't there is no error", async () => {
    await expect(openWorld().perform(987_654, { isLast: false })).resolves.toBeUndefined();
  });
});

describe("an error of our own", () => {
  it("is thrown, so that the job is tried again", async () => {
    const world = openWorld();
    const id = await readyToStart(world, "thrown");
    world.fake.answer("acquire", () => Promise.reject(new Error("a bug")));
    await expect(world.perform(id, { isLast: false })).rejects.toThrow("a bug");
    expect(await effect(world, "thrown", id)).toMatchObject({ status: "open", attempts: 1 });
  });

  it("after the last try becomes an outcome, and the channel goes on by its policy", async () => {
    const world = openWorld({ startRetryMs: [0, 0] });
    const id = await readyToStart(world, "dead");
    world.fake.answer("start", () => Promise.reject(new Error("a bug")));
    await world.perform(id, { isLast: true });

    expect(await effect(world, "dead", id)).toMatchObject({ status: "dead", error: "a bug" });
    expect(await outcome("dead", "RelayStartFailed")).toMatchObject({
      resourceId: "resource-1",
      mayRun: true,
      error: { message: "internal error: a bug" },
    });
    await world.performAll();
    expect((await world.channel("dead")).state.session).toMatchObject({ attempts: 2, failures: 0 });
  });

  it("is kept without the secret that it quotes", async () => {
    const world = openWorld();
    const id = await readyToStart(world, "quoted");
    world.fake.answer("start", () => Promise.reject(new Error("no push to rtmps://live.example/live/sekret")));
    await world.perform(id, { isLast: true });
    const error = "no push to rtmps://live.example/live/[redacted]";
    expect(await effect(world, "quoted", id)).toMatchObject({ status: "dead", error });
    expect(await outcome("quoted", "RelayStartFailed")).toMatchObject({
      error: { message: `internal error: ${error}` },
    });
  });
});

/** A broadcast that runs, and is then stopped by request: the stop is the next effect. */
async function readyToStop(world: World, channel: string): Promise<number> {
  await world.perform(await readyToStart(world, channel), { isLast: false });
  await world.ask(channel, { type: "StopRequested" });
  return openEffect(world, channel, "StopRecorder");
}

async function recorder(world: World, channel: string) {
  return Object.values((await world.channel(channel)).state.recorders)[0];
}

describe("StopRecorder", () => {
  it("names the recording, and waits for its end when the stop is accepted", async () => {
    const world = openWorld();
    const id = await readyToStop(world, "channel_21");
    await world.perform(id, { isLast: false });

    expect(world.fake.calls.at(-1)).toEqual({
      name: "stop",
      input: {
        channel: "channel_21",
        uid: reservedUids(21).recorder,
        resourceId: "resource-1",
        recordingSid: "sid-of-resource-1",
      },
    });
    expect(await recorder(world, "channel_21")).toMatchObject({ state: "stopping" });
  });

  it("knows by 'already stopped' that it is over", async () => {
    const world = openWorld();
    const id = await readyToStop(world, "over");
    world.fake.answer("stop", () => Promise.resolve({ ok: true, outcome: "already_stopped" }));
    await world.perform(id, { isLast: false });
    expect(await recorder(world, "over")).toMatchObject({ state: "ended" });
    expect((await world.channel("over")).state.session?.closedAt).not.toBeNull();
  });

  it("takes 'not found' for a failure: the recorder may be moving", async () => {
    const world = openWorld();
    const id = await readyToStop(world, "moving");
    const { error } = agoraRefusal(404, 404);
    world.fake.answer("stop", () => Promise.resolve({ ok: true, outcome: "not_found", error }));
    await world.perform(id, { isLast: false });
    expect(await effect(world, "moving", id)).toMatchObject({ status: "failed" });
    expect(await recorder(world, "moving")).toMatchObject({ state: "running" });
    expect((await recorder(world, "moving"))?.missingAt).not.toBeNull();
  });

  it("that never succeeds is dead, and shown so, with its error", async () => {
    const world = openWorld({ stopDeadMs: 300 });
    const id = await readyToStop(world, "undying");
    world.fake.answer("stop", () => Promise.resolve(agoraRefusal(500, 500)));
    await world.perform(id, { isLast: false });
    await waitUntilWake(world, "undying");

    expect(await effect(world, "undying", id)).toMatchObject({
      status: "dead",
      error: "start: HTTP 500, code 500: refused by the test",
    });
    await world.ask("undying", { type: "StopRetried", resourceId: "resource-1" });
    await world.perform(await openEffect(world, "undying", "StopRecorder"), { isLast: false });
    expect(await recorder(world, "undying")).toMatchObject({ state: "stopping", stop: { dead: false, round: 2 } });
  });
});

describe("DisableLiveInput", () => {
  it("cuts off a recorder that can't be stopped, until the next start enables the input again", async () => {
    const world = openWorld({ stopDeadMs: 300 });
    const id = await readyToStop(world, "leaking");
    world.fake.answer("stop", () => Promise.resolve(agoraRefusal(500, 500)));
    await world.perform(id, { isLast: false });
    await waitUntilWake(world, "leaking");

    await world.perform(await openEffect(world, "leaking", "DisableLiveInput"), { isLast: false });
    expect(world.fake.calls.at(-1)).toMatchObject({ name: "setEnabled", input: "input-of-leaking" });
    expect((await world.channel("leaking")).state.liveInput.disabled).toBe(true);

    await world.ask("leaking", { type: "StartRequested" });
    await world.perform(await openEffect(world, "leaking", "StartRelay"), { isLast: false });
    expect(world.fake.count("setEnabled")).toBe(2);
    const { state } = await world.channel("leaking");
    expect(state.liveInput.disabled).toBe(false);
    expect(state.relay?.resourceId).toBe("resource-2");
  });
});

describe("RenewStorage", () => {
  /** Runs with keys whose end is due, so that others are wanted at once. */
  async function readyToRenew(world: World, channel: string): Promise<number> {
    const soon = Date.now() + 60_000;
    world.fake.answer("grant", () => Promise.resolve({ ok: true, grant: grantUntil(soon) }));
    await world.perform(await readyToStart(world, channel), { isLast: false });
    return openEffect(world, channel, "RenewStorage");
  }

  it("gives the recorder new keys for its own session's folders", async () => {
    const world = openWorld();
    const id = await readyToRenew(world, "channel_61");
    const until = Math.ceil(Date.now() / 1000) * 1000 + 14_400_000;
    world.fake.answer("grant", () => Promise.resolve({ ok: true, grant: grantUntil(until) }));
    await world.perform(id, { isLast: false });

    const [grant, update] = world.fake.calls.slice(-2);
    expect(grant).toMatchObject({ name: "grant", input: { channelId: 61, session: 1 } });
    expect(update).toMatchObject({ name: "updateStorage", input: { recordingSid: "sid-of-resource-1" } });
    const renewed = { type: "StorageRenewed", resourceId: "resource-1", round: 1, until };
    expect(await outcome("channel_61", "StorageRenewed")).toEqual(renewed);
    expect((await world.channel("channel_61")).state.recorders["resource-1"]?.storage).toMatchObject({ until });
  });

  it.each([
    ["its STS", "grant", () => Promise.resolve(storageRefusal(false))],
    ["Agora", "updateStorage", () => Promise.resolve(agoraRefusal(500, 500))],
  ] as const)("makes a refusal of %s an outcome, to be tried again", async (_, call, answer) => {
    const world = openWorld();
    const id = await readyToRenew(world, `unrenewed-${call}`);
    world.fake.answer(call, answer);
    await world.perform(id, { isLast: false });

    expect(await effect(world, `unrenewed-${call}`, id)).toMatchObject({ status: "failed" });
    expect(await outcome(`unrenewed-${call}`, "StorageRenewalFailed")).toMatchObject({ round: 1 });
    const { storage } = (await world.channel(`unrenewed-${call}`)).state.recorders["resource-1"] ?? {};
    expect(storage?.asked).toMatchObject({ failures: 1, failedAt: expect.any(Number) as number });
  });
});

describe("a start without leave to write", () => {
  it.each([
    ["for good", true, "gave_up"],
    ["for now", false, undefined],
  ])("%s is refused before anything is acquired", async (name, final, hold) => {
    const world = openWorld();
    world.fake.answer("grant", () => Promise.resolve(storageRefusal(final)));
    const channel = `no-storage-${name}`.replace(" ", "-");
    await world.perform(await readyToStart(world, channel), { isLast: false });
    expect(world.fake.count("acquire")).toBe(0);
    expect(await outcome(channel, "RelayStartFailed")).toMatchObject({
      ...{ disposition: final ? "final" : "retry", mayRun: false, resourceId: null },
      error: { provider: "storage" },
    });
    expect((await world.channel(channel)).state.hold?.reason).toBe(hold);
  });
});

it("the keys of a start are told with the resource and with its answer, and no key is kept", async () => {
  const world = openWorld();
  const storageUntil = Math.ceil(Date.now() / 1000) * 1000 + 14_400_000;
  world.fake.answer("grant", () => Promise.resolve({ ok: true, grant: grantUntil(storageUntil) }));
  await world.perform(await readyToStart(world, "keys"), { isLast: false });
  expect(await outcome("keys", "RecorderAcquired")).toMatchObject({ storageUntil });
  expect(await outcome("keys", "RecorderStartAccepted")).toMatchObject({ storageUntil });
  const [row] = await rowsOf<{ found: boolean }>(
    file.database.knex,
    `select exists (select from tally.events e where e::text like '%-of-storage%')
       or exists (select from tally.effects e where e::text like '%-of-storage%')
       or exists (select from tally.channels c where c::text like '%-of-storage%') as found`,
  );
  expect(row?.found).toBe(false);
});

describe("checkups", () => {
  it("of presence tell who is here", async () => {
    const world = openWorld({ checkupMs: 1 });
    await world.deliver(rtcEvent(103, { channel: "channel_51", uid: 7, seq: 1 }));
    await waitUntilWake(world, "channel_51");
    const id = await openEffect(world, "channel_51", "CheckPresence");
    await world.perform(id, { isLast: false });

    expect((await world.channel("channel_51")).state.host.present).toBe(false);
  });

  it("that get no answer are marked so, to be asked again", async () => {
    const world = openWorld({ checkupMs: 1 });
    await world.deliver(rtcEvent(103, { channel: "unanswered", uid: 7, seq: 1 }));
    await waitUntilWake(world, "unanswered");
    const id = await openEffect(world, "unanswered", "CheckPresence");
    world.fake.answer("users", () => Promise.resolve(agoraRefusal(null)));
    await world.perform(id, { isLast: false });

    expect(await effect(world, "unanswered", id)).toMatchObject({ status: "failed" });
    expect((await world.channel("unanswered")).state.checks.presence).toMatchObject({ failed: true });
  });

  it("of a picture that doesn't come ask both ends, then push again", async () => {
    const world = openWorld({ startConfirmMs: 0, checkupMs: 0 });
    await world.perform(await readyToStart(world, "dark"), { isLast: false });
    world.fake.answer("get", () =>
      Promise.resolve({ ok: true, liveInput: { ...darkInput("input-of-dark"), state: "disconnected" } }),
    );
    await world.perform(await openEffect(world, "dark", "CheckRecorder"), { isLast: false });
    await world.perform(await openEffect(world, "dark", "CheckIngest"), { isLast: false });
    const repoint = await openEffect(world, "dark", "RepointRecorder");
    await world.deliver(ingestEvent("disconnected", "input-of-dark", "2026-01-01T00:00:01.000000000Z"));
    await world.perform(repoint, { isLast: false });

    expect(world.fake.calls.at(-1)).toMatchObject({ name: "updateRtmp", input: { recordingSid: "sid-of-resource-1" } });
    expect(await outcome("dark", "RepointAccepted")).toEqual({
      type: "RepointAccepted",
      resourceId: "resource-1",
      round: 1,
    });
  });
});

function darkInput(uid: string) {
  const rtmpUrl = { reveal: () => "rtmps://live.example/live/x" } as never;
  return { uid, enabled: true, rtmpUrl, playbackBase: null, signed: null, isAsConfigured: true };
}

/** Advances at the channel's own time. */
async function waitUntilWake(world: World, name: string): Promise<void> {
  const { id, wakeAt } = await world.channel(name);
  expect(wakeAt).not.toBeNull();
  while ((await world.advancing.advance(id))?.decisions.length === 0);
}
