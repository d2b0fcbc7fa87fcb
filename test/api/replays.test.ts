import { beforeAll, describe, expect, it } from "vitest";

import { channelReplayAnswer, replayAnswer, replayPlanAnswer } from "../../src/api/operators/replay-schemas.ts";
import { listEvents } from "../../src/eventlog/index.ts";
import { expectProblem, type Service, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(() => {
  service = started();
});

const events = () => service.database.knex.withSchema(service.database.schema).table("events");
const plan = async (body: object) =>
  replayPlanAnswer.parse((await service.call("post", "/v1/replays/plan").send(body).expect(200)).body);
const replay = async (body: object) =>
  replayAnswer.parse((await service.call("post", "/v1/replays").send(body).expect(200)).body);
const post = (path: string, body: object = {}) => service.call("post", path).send(body);

/** A host's join that was not understood when it came, so that nothing followed from it. @returns its id */
async function unheard(channel: string): Promise<number> {
  await post(`/v1/channels/${channel}/recording/stop`).expect(404);
  await service.call("put", `/v1/channels/${channel}`).expect(201);
  const before = await service.countEvents();
  await service.notify(101, channel, 0);
  await service.settled();
  expect(await service.countEvents()).toBeGreaterThan(before);
  const [event] = await listEvents(service.database, { channel, type: "101" });
  const joined = await listEvents(service.database, { type: "103", limit: 1 });
  const id = event?.id ?? 0;
  const payload = structuredClone(joined[0]?.payload) as { payload: { channelName: string } };
  payload.payload.channelName = channel;
  await events()
    .where({ id })
    .update({ type: "rtc.103", payload: JSON.stringify(payload), status: "unrecognised" });
  await events().where({ id }).update({ applied_version: null });
  return id;
}

/** What does for a channel's whole status but for the time. */
const essence = ({ version: _version, updatedAt: _updatedAt, ...status }: Record<string, unknown>) => status;

async function statusOf(channel: string) {
  return (await service.call("get", `/v1/channels/${channel}/status`).expect(200)).body as Record<string, unknown>;
}

async function asked(channel: string) {
  return (await listEvents(service.database, { channel, type: "ReplayRequested" })).map(({ payload }) => payload);
}

describe("POST /v1/replays", () => {
  beforeAll(() => service.notifyAndWait(103, "channel_1", 7));

  it("does what the plan said, which itself changes nothing", async () => {
    const id = await unheard("channel_2");
    const before = await statusOf("channel_2");
    const count = await service.countEvents();
    const planned = await plan({ ids: [id] });
    expect(planned).toMatchObject({ events: 1, isTruncated: false });
    expect(planned.channels).toMatchObject([
      { channel: "channel_2", hold: true, differs: true, isEnded: false, effects: ["EnsureLiveInput"] },
    ]);
    expect(planned.channels[0]?.changes).toContainEqual({ path: "host.present", before: false, after: true });
    expect(await statusOf("channel_2")).toEqual(before);
    expect(await service.countEvents()).toBe(count);

    const done = await replay({ ids: [id] });
    expect(done.changed).toBe(1);
    const [{ after, leadsTo, ...said } = { after: {}, leadsTo: {} }] = planned.channels;
    expect(done.channels).toMatchObject([said]);
    expect(essence(done.channels[0]?.leadsTo ?? {})).toEqual(essence(leadsTo));
    expect(essence(await statusOf("channel_2"))).toEqual(essence(after));
    expect(await asked("channel_2")).toEqual([{ type: "ReplayRequested", act: false, by: "operator" }]);
  });

  it("changes nothing the second time, and notes nothing", async () => {
    const [event] = await listEvents(service.database, { channel: "channel_2", type: "103" });
    const before = await service.countEvents();
    expect(await replay({ ids: [event?.id] })).toMatchObject({
      changed: 0,
      channels: [{ differs: false, changes: [] }],
    });
    expect(await service.countEvents()).toBe(before);
  });

  it("lets the new state start what it wants with act", async () => {
    const id = await unheard("channel_3");
    expect((await plan({ ids: [id], act: true })).channels).toMatchObject([{ hold: false }]);
    await replay({ ids: [id], act: true });
    expect(await statusOf("channel_3")).toMatchObject({ state: "starting", hold: null });
    expect(await asked("channel_3")).toMatchObject([{ act: true }]);
  });

  it("starts nothing where the last broadcast is over, unless it is told so", async () => {
    const id = await unheard("channel_4");
    await post("/v1/channels/channel_4/recording/start").expect(202);
    await post("/v1/channels/channel_4/recording/stop").expect(202);
    await post("/v1/channels/channel_4/release").expect(202);
    expect(await statusOf("channel_4")).toMatchObject({ sessionId: "4-1", stoppedAt: expect.any(String) as string });
    expect((await plan({ ids: [id], act: true })).channels).toMatchObject([{ isEnded: true, hold: true }]);
    expect((await plan({ ids: [id], act: true, ended: true })).channels).toMatchObject([
      { isEnded: true, hold: false },
    ]);
    await replay({ ids: [id], act: true });
    expect(await statusOf("channel_4")).toMatchObject({ hold: { reason: "replay" } });
  });

  it("takes events by what they have in common, and tells when there may be more", async () => {
    const since = new Date(0).toISOString();
    expect(await plan({ channel: "channel_1", source: "agora", since })).toMatchObject({
      events: 1,
      isTruncated: false,
      channels: [{ channel: "channel_1", differs: false }],
    });
    expect(await plan({ source: "agora", limit: 2 })).toMatchObject({ events: 2, isTruncated: true });
    expect(await plan({ channel: "nowhere" })).toEqual({ events: 0, isTruncated: false, channels: [] });
  });

  it("does nothing at all if an event is not there, or the request says not which", async () => {
    const [event] = await listEvents(service.database, { channel: "channel_1", type: "103" });
    for (const path of ["/v1/replays", "/v1/replays/plan"]) {
      expectProblem(await post(path, { ids: [event?.id, 999_999_999] }), 404, "event_unknown");
      for (const body of [
        {},
        { act: true },
        { ids: [] },
        { ids: ["1"] },
        { since: "1h" },
        { until: 5 },
        { all: true },
      ]) {
        expectProblem(await post(path, body), 400, "invalid_request");
      }
      expectProblem(await service.call("post", path), 400, "invalid_request");
    }
  });
});

describe("a replay that is too large for a request", () => {
  it("is refused, and says what does any number", async () => {
    const { knex, schema } = service.database;
    await knex.raw(
      `insert into ??.channels (id, name, state)
       select n, 'many-' || n, '{}'::jsonb from generate_series(5000, 5500) n`,
      [schema],
    );
    await knex.raw(
      `insert into ??.events (source, dedupe_key, type, channel_id, status)
       select 'agora', 'many-' || n, 'rtc.199', n, 'unrecognised' from generate_series(5000, 5500) n`,
      [schema],
    );
    for (const path of ["/v1/replays", "/v1/replays/plan"]) {
      const refused = await post(path, { type: "rtc.199" });
      expectProblem(refused, 422, "replay_too_large");
      expect(refused.body).toMatchObject({ detail: expect.stringContaining("501 channels") as string });
      expect(refused.body).toMatchObject({ detail: expect.stringContaining('"tally events replay"') as string });
    }
    expect(await knex.withSchema(schema).table("replays").where({ channels: 501 })).toEqual([]);
    await knex.raw("delete from ??.events where type = 'rtc.199'", [schema]);
    await knex.raw("delete from ??.channels where id >= 5000", [schema]);
  });
});

describe("POST /v1/channels/{name}/rebuild", () => {
  it("tells what differs beforehand, and makes it so", async () => {
    await service.notifyAndWait(103, "channel_5", 7);
    const { knex, schema } = service.database;
    const channels = () => knex.withSchema(schema).table("channels").where({ name: "channel_5" });
    const { state } = await channels().first<{ state: object }>("state");
    await channels().update({ state: JSON.stringify({ ...state, hold: { reason: "operator_stop", at: 0 } }) });

    const planned = await post("/v1/channels/channel_5/rebuild/plan").expect(200);
    expect(channelReplayAnswer.parse(planned.body)).toMatchObject({ channel: "channel_5", differs: true });
    expect(await statusOf("channel_5")).toMatchObject({ state: "stopped" });
    const done = channelReplayAnswer.parse((await post("/v1/channels/channel_5/rebuild").expect(200)).body);
    expect(done).toMatchObject({ differs: true, changes: (planned.body as { changes: unknown }).changes });
    expect(await statusOf("channel_5")).toMatchObject({ state: "starting", hold: null });
    expect(await asked("channel_5")).toEqual([{ type: "ReplayRequested", act: false, by: "operator" }]);
    expect((await post("/v1/channels/channel_5/rebuild").expect(200)).body).toMatchObject({ differs: false });
    expect(await asked("channel_5")).toHaveLength(1);
  });

  it("knows a channel without any event, and none that isn't there", async () => {
    await service.call("put", "/v1/channels/new").expect(201);
    expect((await post("/v1/channels/new/rebuild/plan").expect(200)).body).toMatchObject({ differs: false });
    for (const path of ["rebuild", "rebuild/plan"]) {
      expectProblem(await post(`/v1/channels/nowhere/${path}`), 404, "channel_unknown");
      expectProblem(await post(`/v1/channels/new/${path}`, { act: true }), 400, "invalid_request");
    }
  });
});
