import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Evening, openEvening } from "./evening.ts";

let evening: Evening;

beforeEach(() => open());
afterEach(() => evening.close());

async function open(overrides: Record<string, string> = {}): Promise<void> {
  evening = await openEvening({ RELAY_MODE: "media-push", ...overrides });
  await evening.start();
}

const control = () => evening.sandbox.control;
const converters = () => control().record().converters;
const living = () => converters().filter(({ destroyedAt }) => destroyedAt === null);
const join = (channel: string, uid = 1001) => control().join(channel, uid, "host");
const leave = (channel: string, uid = 1001) => control().leave(channel, uid, "host");
const lose = (match: object) => control().planFaults({ match, action: "lose", times: 99 });

async function goesLive(channel: string): Promise<void> {
  join(channel);
  await evening.until(channel, "live", ({ live }) => live);
}

async function goesOff(channel: string): Promise<void> {
  leave(channel);
  await evening.until(channel, "stopped", ({ state }) => state === "stopped");
}

const isShown = (...uids: number[]) =>
  control().until(
    `${uids.join(" and ")} in the picture`,
    () => String(living()[0]?.shown.at(-1)?.uids) === String(uids),
  );

async function sessionOf(channel: string): Promise<unknown> {
  const id = (await evening.status(channel))?.sessionId;
  return (await evening.api("GET", `/v1/sessions/${id}`)).body;
}

describe("an evening by Media Push", () => {
  test("has one converter, which shows who is here, and is removed when everybody has left", async () => {
    await goesLive("channel_7");
    expect(await evening.status("channel_7")).toMatchObject({ relay: { mode: "media-push", rtmp: "publishing" } });
    await isShown(1001);
    join("channel_7", 1002);
    await isShown(1001, 1002);
    leave("channel_7", 1001);
    await isShown(1002);
    leave("channel_7", 1002);
    await evening.until("channel_7", "stopped", ({ state }) => state === "stopped");

    expect(converters()).toMatchObject([{ channel: "channel_7", destroyReason: "Delete Request" }]);
    expect(control().record().recorders).toEqual([]);
    expect(evening.calls().filter((operation) => operation.endsWith("_converter"))).toEqual([
      "create_converter",
      "update_converter",
      "update_converter",
      "remove_converter",
    ]);
    await expect
      .poll(() => sessionOf("channel_7"), { timeout: 10_000 })
      .toMatchObject({ endReason: "host_left", video: { ready: true } });
  });

  test("makes one converter when the answer to its creation is lost, and removes it", async () => {
    control().planFaults({ operation: "create_converter", answer: "dropAfter" });
    await goesLive("channel_7");
    await goesOff("channel_7");
    expect(converters()).toMatchObject([{ destroyReason: "Delete Request" }]);
  });

  test("makes another converter when its own dies while the host is here", async () => {
    await goesLive("channel_7");
    control().crashConverter(living()[0]?.id ?? "");
    await control().until("another one that pushes", () => living().some(({ state }) => state === "running"));
    await evening.until("channel_7", "live again", ({ live }) => live);
    expect(converters()).toMatchObject([{ destroyReason: "Internal Error" }, { destroyedAt: null }]);
  });

  test("gives up at once where Media Push is not enabled, and names the switch", async () => {
    control().changeSettings({ converters: { enabled: false } });
    join("channel_7");
    const { state, reason } = await evening.until("channel_7", "given up", ({ hold }) => hold !== null);
    expect(state).toBe("error");
    expect(reason?.message).toContain('switch on "Server Side RESTful API"');
    expect(evening.calls().filter((operation) => operation === "create_converter")).toHaveLength(1);
  });

  test("says in Agora's words that the quota is used up, and starts once another channel has stopped", async () => {
    const sellers = [1, 2, 3, 4, 5].map((number) => `channel_${number}`);
    await Promise.all(sellers.map(goesLive));
    join("channel_6");
    const { reason } = await evening.until("channel_6", "told so", ({ state }) => state === "error");
    expect(reason).toMatchObject({ code: "capacity" });
    expect(reason?.message).toContain("Resource quota limit exceeded");

    await goesOff("channel_1");
    await ageFailure("channel_6");
    await evening.api("POST", "/v1/channels/channel_6/recording/start");
    await evening.until("channel_6", "live", ({ live }) => live);
    expect(living()).toHaveLength(5);
  });
});

describe("a mode of its own", () => {
  const setMode = async (channel: string, relayMode: string) =>
    expect((await evening.api("PUT", `/v1/channels/${channel}`, { relayMode })).status).toBeLessThan(300);

  test("counts from the next live on, and each is stopped in its own way", async () => {
    const starts = () => evening.calls().filter((operation) => /^(create_converter|start)$/.test(operation));
    const stops = () => evening.calls().filter((operation) => /^(remove_converter|stop)$/.test(operation));

    await goesLive("channel_7");
    await setMode("channel_7", "cloud-recording");
    await goesOff("channel_7");
    await goesLive("channel_7");
    await setMode("channel_7", "media-push");
    await goesOff("channel_7");
    await goesLive("channel_7");
    await goesOff("channel_7");
    expect(starts()).toEqual(["create_converter", "start", "create_converter"]);
    expect(stops()).toEqual(["remove_converter", "stop", "remove_converter"]);
  });

  test("is each channel's own, at the same time", async () => {
    await setMode("channel_1", "cloud-recording");
    await Promise.all(["channel_1", "channel_2"].map(goesLive));
    expect(control().record().recorders).toMatchObject([{ cname: "channel_1" }]);
    expect(converters()).toMatchObject([{ channel: "channel_2" }]);
    await goesOff("channel_2");
    expect(await evening.status("channel_1")).toMatchObject({ live: true, relay: { mode: "cloud-recording" } });
  });
});

describe("a converter whose notifications are all lost", () => {
  beforeEach(async () => {
    await evening.close();
    await open({ CHECKUP_SECONDS: "0.6", WORKER_LOST_SECONDS: "0.2" });
  });

  test("is replaced after its end by the regular question", async () => {
    lose({ product: 5 });
    await goesLive("channel_7");
    lose({ kind: "cloudflare-live", eventType: "live_input.disconnected" });
    control().crashConverter(living()[0]?.id ?? "");
    await control().until("another one", ({ converters: all }) => all.length === 2);
    await evening.until("channel_7", "live again", ({ live }) => live);
    await goesOff("channel_7");
    expect(living()).toEqual([]);
  });
});

/** As if half a minute had passed since the channel's last failure. */
async function ageFailure(channel: string): Promise<void> {
  const client = new pg.Client({ connectionString: evening.databaseUrl });
  await client.connect();
  await client.query(
    `update tally.channels
     set state = jsonb_set(state, '{session,failure,at}', to_jsonb((state #>> '{session,failure,at}')::numeric - 30000))
     where name = $1`,
    [channel],
  );
  await client.end();
}
