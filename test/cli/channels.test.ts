import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createRefusalCounter } from "../../src/journal/index.ts";
import { initialState } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { goLive, type Service, startService } from "./service.ts";

let service: Service;

beforeAll(async () => {
  service = await startService();
  await goLive(service, "channel_42");
});
afterAll(() => service.stop());

const show = async (name: string) => (await service.tally(["channels", "show", name, "--json"])).json();
const channelEvents = async (name: string, type: string) => {
  const argv = ["events", "list", "--channel", name, "--type", type, "--json"];
  return ((await service.tally(argv)).json() as { items: unknown[] }).items;
};

describe("channels list", () => {
  it("shows every channel's status, those that changed last first", async () => {
    await service.tally(["channels", "register", "later"]);
    const { items } = (await service.tally(["channels", "list", "--json"])).json() as { items: { channel: string }[] };
    expect(items).toMatchObject([
      { channel: "later", state: "idle" },
      { channel: "channel_42", channelId: 42, state: "recording", live: true, sessionId: "42-1" },
    ]);
    const active = await service.tally(["channels", "list", "--active", "--json"]);
    expect(active.json()).toMatchObject({ items: [{ channel: "channel_42" }] });
  });

  it("fits 80 columns", async () => {
    await service.tally(["channels", "register", "n".repeat(64)]);
    await service.simulate("ingest-errored", "channel_42", "--code", "ERR_GOP_OUT_OF_RANGE");
    const { lines } = await service.tally(["channels", "list"]);
    expect(lines[0]).toMatch(/^CHANNEL +STATE/);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    await service.simulate("ingest-connected", "channel_42");
  });

  it("says beside it, as the list of sessions does, whether a provider's webhooks are refused", async () => {
    expect((await service.tally(["channels", "list"])).err).toBe("");
    const { knex, schema } = service;
    const counter = createRefusalCounter({ knex, schema, log: createLogger({ level: "silent" }) });
    const refused = { source: "cloudflare", door: "/cloudflare/live" } as const;
    counter.onRefused({ ...refused, why: "cf-webhook-auth is none of the 1 secrets" });
    counter.onRefused({ source: "agora", door: "/agora", why: "not sent by Agora" });
    await counter.close();
    for (const noun of ["channels", "sessions"]) {
      const { err } = await service.tally([noun, "list"]);
      expect(err.replaceAll("\n", " ")).toBe(
        "1 webhook refused in the last hour: Cloudflare notifications: cf-webhook-auth is none of the 1 secrets. " +
          "tally doctor says what to do. ",
      );
    }
    await knex.withSchema(schema).table("refusals").del();
  });
});

describe("channels show", () => {
  it("shows status, live input, recorders and sessions", async () => {
    expect(await show("channel_42")).toMatchObject({
      channel: "channel_42",
      state: "recording",
      liveInput: "channel_42-input",
      hostUid: null,
      recorders: [{ resourceId: "channel_42-resource", recordingSid: "channel_42-sid", state: "running", stop: null }],
      sessions: [{ id: "42-1", channel: "channel_42", closedAt: null }],
    });
    const { out, lines } = await service.tally(["channels", "show", "channel_42"]);
    expect(out).toContain("recording, live");
    expect(out).toMatch(/^RECORDER +SESSION\/TRY .*\nchannel_42-sid +1\/1 +999042 +running/m);
    expect(out).toMatch(/^SESSION +CHANNEL .*\n42-1 +channel_42/m);
    expect(lines.filter((line) => /^(RECORDER|SESSION|channel_42-sid|42-1)/.test(line) && line.length > 80)).toEqual(
      [],
    );
  });

  it("counts what must have been told and was not, noted on an event that is applied all the same", async () => {
    await service.simulate("host-joins", "gappy");
    await service.simulate("host-joins", "gappy");
    expect(await show("gappy")).toMatchObject({ missed: { recording: 0, presence: 1 }, host: { present: true } });
    expect((await service.tally(["channels", "show", "gappy"])).out).toMatch(/^not seen +1 of the hosts' joins/m);
    expect(await channelEvents("gappy", "103")).toMatchObject([
      { status: "applied", note: "the leave before it was not seen" },
      { status: "applied", note: null },
    ]);
    expect(await show("channel_42")).toMatchObject({ missed: { recording: 0, presence: 0 } });
  });

  it("ends with 1 for a channel that isn't there", async () => {
    const words = expect.stringContaining('There is no channel "nowhere"') as string;
    expect(await service.tally(["channels", "show", "nowhere"])).toMatchObject({ code: 1, out: "", err: words });
  });
});

describe("channels register", () => {
  it("makes a channel known, with a number of its own or the one given", async () => {
    const { code, out } = await service.tally(["channels", "register", "channel_7", "--host-uid", "1001"]);
    expect([code, out]).toEqual([0, "channel_7 is registered with id 7: idle.\n"]);
    const argv = [
      "channels",
      "register",
      "shop",
      "--id",
      "8",
      "--host-user-id",
      "seller-8",
      "--relay-mode",
      "media-push",
    ];
    expect(await service.tally(argv)).toMatchObject({ code: 0 });
    expect(await show("shop")).toMatchObject({
      channelId: 8,
      hostUid: null,
      hostUserId: "seller-8",
      relayMode: "media-push",
      relay: { mode: "media-push" },
    });
  });

  it("keeps what isn't named, clears what is none, and appends no event when nothing changes", async () => {
    const register = (...argv: string[]) => service.tally(["channels", "register", "kept", ...argv]);
    await register("--host-uid", "5", "--host-user-id", "seller-5", "--relay-mode", "cloud-recording");
    await register("--host-uid", "6");
    expect(await show("kept")).toMatchObject({ hostUid: 6, hostUserId: "seller-5", relayMode: "cloud-recording" });
    await register();
    expect(await channelEvents("kept", "ChannelRegistered")).toHaveLength(2);
    await register("--host-uid", "none", "--host-user-id", "none", "--relay-mode", "none");
    expect(await show("kept")).toMatchObject({ hostUid: null, hostUserId: null, relayMode: null });
  });

  it("counts only the registered host", async () => {
    await service.tally(["channels", "register", "picky", "--host-uid", "77"]);
    await service.simulate("host-joins", "picky");
    expect(await show("picky")).toMatchObject({ host: { present: false } });
    await service.simulate("host-joins", "picky", "--uid", "77");
    expect(await show("picky")).toMatchObject({ state: "starting", host: { present: true } });
  });

  it("acts upon what came before the channel was known", async () => {
    const env = { ...service.env, CHANNEL_POLICY: "registered" };
    await service.append({
      source: "agora",
      dedupeKey: "stray",
      type: "rtc.103",
      route: { kind: "channel", key: "unknown-yet" },
      occurredAt: null,
      payload: {
        productId: 1,
        eventType: 103,
        payload: { channelName: "unknown-yet", uid: 5, clientSeq: 1, ts: Math.floor(Date.now() / 1000) },
      },
      raw: null,
      bodySha256: null,
      headers: null,
    });
    await service.tally(["channels", "register", "unknown-yet"], { env });
    expect(await show("unknown-yet")).toMatchObject({ state: "starting", host: { present: true } });
  });

  it.each([
    [["taken", "--id", "42"], 1, "Another channel has the id 42"],
    [["channel_42", "--id", "43"], 1, "Channel channel_42 has the id 42"],
    [["own", "--id", "44", "--host-uid", "999044"], 1, "Tally's own in this channel"],
    [["a/b"], 2, "Agora takes 1 to 64"],
    [["x", "--id", "900000001"], 2, "a whole number from 1 to 900000000"],
    [["x", "--host-uid", "4294967296"], 2, "a whole number from 1 to 4294967295"],
    [["x", "--host-user-id", ""], 2, "1 to 200 characters"],
    [["x", "--relay-mode", "pigeon"], 2, "Allowed choices are cloud-recording, media-push, none"],
  ])("refuses %j with exit %i", async (argv, code, words) => {
    const ran = await service.tally(["channels", "register", ...argv]);
    expect(ran).toMatchObject({ code, out: "", err: expect.stringContaining(words) as string });
  });

  it("leaves no channel behind when it refuses", async () => {
    await service.tally(["channels", "register", "refused", "--id", "45", "--host-uid", "999045"]);
    expect(await service.tally(["channels", "show", "refused"])).toMatchObject({ code: 1 });
  });
});

describe("channels release", () => {
  it("takes the hold away, so that the channel starts what it should", async () => {
    await service.simulate("host-joins", "held");
    await service.answer("held", { type: "StopRequested" });
    expect(await show("held")).toMatchObject({ state: "stopped", hold: { reason: "operator_stop" } });
    const { code, json } = await service.tally(["channels", "release", "held", "--json"]);
    expect([code, json()]).toMatchObject([0, { channel: "held", state: "starting", hold: null }]);
  });

  it("does nothing where there is no hold", async () => {
    expect(await service.tally(["channels", "release", "later"])).toMatchObject({
      code: 0,
      out: "later has no hold: idle.\n",
    });
    expect(await channelEvents("later", "HoldReleased")).toEqual([]);
    expect(await service.tally(["channels", "release", "nowhere"])).toMatchObject({ code: 1 });
  });
});

describe("channels check", () => {
  it("has both providers asked, by the service that runs next if there is none", async () => {
    await service.simulate("host-joins", "checked");
    const { code, json, err } = await service.tally(["channels", "check", "checked", "--json"]);
    expect(code).toBe(0);
    expect(json()).toMatchObject({
      channel: "checked",
      answers: [{ about: "host", answer: null }],
      isComplete: false,
      next: "It is not on air yet.",
    });
    expect(err).toBe("No service is running: the next one asks. What comes of it: tally channels show checked.\n");
    expect(await channelEvents("checked", "CheckRequested")).toHaveLength(1);
  });

  it("refuses a channel that there isn't", async () => {
    const ran = await service.tally(["channels", "check", "nowhere"]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('no channel "nowhere"') as string });
  });
});

describe("channels rebuild", () => {
  it("finds a channel to be what its events add up to", async () => {
    const { code, out } = await service.tally(["channels", "rebuild", "channel_42"]);
    expect([code, out]).toEqual([0, "channel_42 is what its events add up to.\n"]);
    const { json } = await service.tally(["channels", "rebuild", "channel_42", "--json"]);
    expect(json()).toMatchObject({ channel: "channel_42", differs: false, hold: false });
  });

  it("tells of a difference with exit 1, and writes it only with --yes", async () => {
    const { knex, schema } = service;
    const channels = knex.withSchema(schema).table("channels").where({ name: "channel_42" });
    await channels.clone().update({ state: knex.raw(`jsonb_set(state, '{host,present}', 'false')`) });
    const compared = await service.tally(["channels", "rebuild", "channel_42"]);
    expect(compared).toMatchObject({ code: 1, err: "Nothing was written: --yes writes it.\n" });
    expect(compared.out).toContain("  - recording\n  + recording, live, host present\n");
    expect(compared.out).toContain("  host.present: false → true\n");
    expect(compared.lines.filter((line) => line.length > 80)).toEqual([]);
    const all = await service.tally(["channels", "rebuild", "--all"]);
    expect(all).toMatchObject({ code: 1, out: expect.stringMatching(/^1 of \d+ channels differ; /m) as string });
    expect(await show("channel_42")).toMatchObject({ host: { present: false } });

    expect(await service.tally(["channels", "rebuild", "channel_42", "--yes"])).toMatchObject({ code: 0 });
    expect(await show("channel_42")).toMatchObject({ live: true, host: { present: true } });
    expect(await service.tally(["channels", "rebuild", "--all"])).toMatchObject({ code: 0 });
  });

  it("wants either a name or --all: exit 2", async () => {
    expect(await service.tally(["channels", "rebuild"])).toMatchObject({ code: 2, out: "" });
    expect(await service.tally(["channels", "rebuild", "channel_42", "--all"])).toMatchObject({ code: 2, out: "" });
  });

  it("has nothing to compare where nothing was ever folded", async () => {
    const { knex, schema } = service;
    await knex
      .withSchema(schema)
      .table("channels")
      .insert({ id: 99, name: "empty", state: initialState(99) });
    expect(await service.tally(["channels", "rebuild", "empty"])).toMatchObject({ code: 0 });
    await knex.withSchema(schema).table("channels").where({ id: 99 }).delete();
    expect(await service.tally(["channels", "rebuild", "empty"])).toMatchObject({ code: 1 });
  });
});
