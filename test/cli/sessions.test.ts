import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { goLive, type Service, startService } from "./service.ts";

let service: Service;

beforeAll(async () => {
  service = await startService();
  await goLive(service, "channel_1");
  await goLive(service, "channel_2");
});
afterAll(() => service.stop());

const items = async (...argv: string[]) => {
  const { json } = await service.tally(["sessions", "list", "--json", ...argv]);
  return (json() as { items: { id: string }[] }).items;
};

describe("sessions list", () => {
  it("has the newest first, of one channel or of all", async () => {
    expect((await items()).map(({ id }) => id)).toEqual(["2-1", "1-1"]);
    expect((await items("--limit", "1")).map(({ id }) => id)).toEqual(["2-1"]);
    expect(await items("--channel", "channel_1")).toMatchObject([
      { id: "1-1", channel: "channel_1", channelId: 1, number: 1, cause: "host", recordingSids: ["channel_1-sid"] },
    ]);
    expect(await service.tally(["sessions", "list", "--channel", "nowhere"])).toMatchObject({ code: 1, out: "" });
  });

  it("fits 80 columns, even with all that can be told", async () => {
    const { knex, schema } = service;
    const longest = { id: "900000000-1", channel_id: 1, number: 9, cause: "host", recorded_seconds: 43_199 };
    const more = { recorded_seconds_without_host: 1799, recorded_seconds_media_push: 4000, resolution: "FHD" };
    const times = {
      opened_at: "2025-12-31T23:00:00Z",
      live_at: "2025-12-31T23:00:09Z",
      closed_at: "2026-01-01T11:00:00Z",
    };
    const end = { end_reason: "operator_stop", video: { video: "v", ready: true } };
    await knex
      .withSchema(schema)
      .table("sessions")
      .insert({ ...longest, ...more, ...times, ...end });
    const { lines } = await service.tally(["sessions", "list"]);
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[0]).toMatch(/^SESSION .* RECORDED +NO HOST +COST/);
    expect(lines.find((line) => line.startsWith(longest.id))).toMatch(/11h 59m 59s +29m 59s +\$22\.96/);
    await knex.withSchema(schema).table("sessions").where({ id: longest.id }).delete();
  });
});

describe("a channel's name, instead of a session's id", () => {
  it("is its newest session", async () => {
    const { json } = await service.tally(["sessions", "show", "channel_2", "--json"]);
    expect(json()).toMatchObject({ id: "2-1", channel: "channel_2" });
    const timeline = await service.tally(["sessions", "timeline", "channel_1", "--json"]);
    expect(timeline.json()).toMatchObject({ sessionId: "1-1", channel: "channel_1" });
  });

  it.each(["show", "timeline"])("of nobody is told apart from neither: %s", async (verb) => {
    expect(await service.tally(["sessions", verb, "nowhere"])).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining('no session "nowhere", and no channel of this name') as string,
    });
  });
});

describe("sessions show", () => {
  it("shows a session, with the video that was made of it", async () => {
    await service.simulate("video-ready", "channel_1");
    const { out } = await service.tally(["sessions", "show", "1-1"]);
    expect(out).toMatch(/^cause +a host is here \(uid \d+\)$/m);
    expect(out).toMatch(/^closed +still open$/m);
    expect(out).toMatch(/^video +[0-9a-f]{32}, ready$/m);
    expect(out).toMatch(/^folder +tally-development\/1\/1$/m);
    const { json } = await service.tally(["sessions", "show", "1-1", "--json"]);
    expect(json()).toMatchObject({
      id: "1-1",
      video: { ready: true, durationSeconds: 60, error: null, hls: expect.stringMatching(/^https?:.*m3u8$/) as string },
    });
    expect(await service.tally(["sessions", "show", "1-9"])).toMatchObject({ code: 1, out: "" });
  });
});

describe("what a session costs", () => {
  it("is shown in parts, with the date of the prices, to the cent", async () => {
    const { knex, schema } = service;
    const seconds = { recorded_seconds: 3600, recorded_seconds_media_push: 600, recorded_seconds_without_host: 15 };
    const sessions = knex.withSchema(schema).table("sessions");
    await sessions
      .clone()
      .where({ id: "2-1" })
      .update({ ...seconds, resolution: "FHD", counting: null });
    const { out } = await service.tally(["sessions", "show", "2-1"]);
    expect(out).toMatch(/^cost +about \$1\.56, by the prices of 2026-06-17$/m);
    expect(out).toMatch(/^cloud recording +\$1\.40, 50m 00s of FHD$/m);
    expect(out).toMatch(/^media push +\$0\.16, 10m 00s of FHD$/m);
    const { json } = await service.tally(["sessions", "show", "2-1", "--json"]);
    expect(json()).toMatchObject({ recordedSeconds: 3600, cost: { currency: "USD", asOf: "2026-06-17" } });
  });

  it("of less than a cent is shown with four digits", async () => {
    const { knex, schema } = service;
    const sessions = knex.withSchema(schema).table("sessions");
    await sessions
      .clone()
      .where({ id: "2-1" })
      .update({ recorded_seconds: 6, recorded_seconds_media_push: 0, resolution: "HD" });
    const { out } = await service.tally(["sessions", "show", "2-1"]);
    expect(out).toMatch(/^cloud recording +\$0\.0014, 6s of HD$/m);
    expect(out).not.toMatch(/^media push/m);
  });
});

describe("sessions show, of the files", () => {
  it.each([
    ["storage", "all in the storage"],
    ["backup", "some in Agora's backup"],
  ])("says where they are: %s", async (upload, words) => {
    const { knex, schema } = service;
    await knex.withSchema(schema).table("sessions").where({ id: "2-1" }).update({ upload });
    const { out } = await service.tally(["sessions", "show", "2-1"]);
    expect(out).toMatch(new RegExp(`^upload +${words}$`, "m"));
    expect((await service.tally(["sessions", "show", "2-1", "--json"])).json()).toMatchObject({ upload });
  });
});

describe("sessions show, of one whose picture was gone for a while", () => {
  it("says how often, and for how long", async () => {
    await service.simulate("ingest-disconnected", "channel_2");
    const open = (await items("--channel", "channel_2")) as { drops?: unknown }[];
    expect(open).toMatchObject([{ drops: [{ from: expect.any(String) as string, to: null }] }]);
    await service.simulate("ingest-connected", "channel_2");
    const { out } = await service.tally(["sessions", "show", "2-1"]);
    expect(out).toMatch(/^picture gone +once, for \d+s$/m);
  });
});

describe("sessions stop", () => {
  it("does nothing when nobody is there to ask, or the answer is no", async () => {
    const unasked = await service.tally(["sessions", "stop", "1-1"]);
    expect(unasked).toMatchObject({ code: 1, out: "", err: expect.stringContaining("--yes") as string });
    const declined = await service.tally(["sessions", "stop", "1-1"], { ask: () => Promise.resolve(false) });
    expect(declined).toMatchObject({ code: 1, out: "", err: "Nothing was done.\n" });
    const { json } = await service.tally(["channels", "show", "channel_1", "--json"]);
    expect(json()).toMatchObject({ state: "recording", hold: null });
  });

  it("asks the open session to stop, which stops its recorder", async () => {
    const { code, json } = await service.tally(["sessions", "stop", "1-1", "--yes", "--json"]);
    expect([code, json()]).toMatchObject([
      0,
      { channel: "channel_1", state: "stopped", hold: { reason: "operator_stop" } },
    ]);
    const effects = await service.tally(["effects", "list", "--channel", "channel_1", "--json"]);
    expect(effects.json()).toMatchObject({
      items: [
        { type: "StopRecorder", status: "open" },
        // By a video that was ready while its broadcast was believed to go on.
        { type: "CheckIngest" },
        { type: "CheckRecorder" },
        { type: "StartRelay" },
        { type: "EnsureLiveInput" },
      ],
    });
  });

  it("refuses a session that is over, even where another is open", async () => {
    await service.simulate("recorder-stopped", "channel_1");
    expect(await service.tally(["channels", "release", "channel_1"])).toMatchObject({ code: 0 });
    expect((await items("--channel", "channel_1")).map(({ id }) => id)).toEqual(["1-2", "1-1"]);
    const refused = await service.tally(["sessions", "stop", "1-1", "--yes"]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("Session 1-1 is not open") as string });
    expect(await service.tally(["sessions", "stop", "1-9", "--yes"])).toMatchObject({ code: 1 });
    expect(await service.tally(["sessions", "stop", "1-2", "--yes"])).toMatchObject({ code: 0 });
  });
});
