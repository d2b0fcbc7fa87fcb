import { Readable } from "node:stream";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { misreadJoin } from "./misread-join.ts";
import { goLive, type Service, startService } from "./service.ts";

let source: Service;
let target: Service;
let exported: string;

beforeAll(async () => {
  source = await startService();
  target = await startService();
  await source.tally(["channels", "register", "shop", "--host-user", "seller-7"]);
  await goLive(source, "shop");
  await source.tally(["simulate", "audience-joins", "shop", "--url", source.url]);
  await source.simulate("host-joins", "channel_42");
  await source.simulate("host-leaves", "channel_42");
  await misreadJoin(source, "unread");
  const ran = await source.tally(["events", "export"]);
  expect(ran.code).toBe(0);
  exported = ran.out;
});
afterAll(() => Promise.all([source.stop(), target.stop()]));

const importText = (text: string, ...argv: string[]) =>
  target.tally(["events", "import", "-", ...argv], { input: Readable.from([text]) });

/** What the log makes of a channel; not when, and at which version of it. */
async function made({ knex, schema }: Service) {
  const of = (name: string) => knex.withSchema(schema).table(name);
  return {
    channels: await of("channels")
      .select(
        "id",
        "name",
        "host_user_id",
        "host_uid",
        "relay_mode",
        "state",
        "stream_key_id",
        "relay_status",
        "is_active",
      )
      .orderBy("id"),
    sessions: await of("sessions").orderBy("id"),
    events: await of("events")
      .select(
        "source",
        "dedupe_key",
        "type",
        "channel_id",
        "payload",
        "raw",
        "headers",
        "status",
        "note",
        "received_at",
      )
      .whereNot({ type: "HoldSet" })
      .orderBy("id"),
  };
}

describe("events export and import", () => {
  it("make the same channels, sessions and events elsewhere, and ask for nothing there", async () => {
    const lines = exported.trimEnd().split("\n");
    const { out, code, err } = await importText(exported);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`${lines.length - 3} events of 3 channels imported.\n`);
    const [before, after] = await Promise.all([made(source), made(target)]);
    expect(after.events).toEqual(before.events);
    expect(after.sessions).toEqual(before.sessions);
    expect(after.channels).toEqual(before.channels);
    expect(await target.knex.withSchema(target.schema).table("effects")).toEqual([]);
    expect(await target.knex.withSchema(target.schema).table("channels").whereNotNull("wake_at")).toEqual([]);
    expect(await target.tally(["channels", "rebuild", "--all"])).toMatchObject({ code: 0 });
  });

  it("is the same when it is done twice", async () => {
    const before = await made(target);
    const { code, out } = await importText(exported, "--json");
    expect([code, JSON.parse(out)]).toMatchObject([0, { events: 0, channels: 3, badLines: 0 }]);
    expect(await made(target)).toEqual(before);
  });

  it("holds a channel that would start something", async () => {
    const [channel = "", join = ""] = exported.split("\n").filter((line) => line.includes("unread"));
    const renamed = [
      channel.replace(/"id":\d+/, '"id":77').replaceAll("unread", "waiting"),
      join.replace(/"channelId":\d+/, '"channelId":77').replaceAll("unread", "waiting"),
      ...exported
        .split("\n")
        .filter((line) => line.includes('"rtc.103"') && line.includes("channel_42"))
        .map((line) => line.replace(/"channelId":42/, '"channelId":77').replaceAll("channel_42", "waiting"))
        .map((line) => line.replace(/"dedupeKey":"[^"]*"/, '"dedupeKey":"waiting"')),
    ];
    expect(await importText(renamed.join("\n"))).toMatchObject({
      code: 0,
      out: expect.stringContaining("Held ") as string,
    });
    const { json } = await target.tally(["channels", "show", "waiting", "--json"]);
    expect(json()).toMatchObject({ hold: { reason: "replay" }, host: { present: true }, sessions: [] });
  });

  it("says which line is bad and what came before it, and goes on with --skip-bad", async () => {
    const lines = [
      '{"kind":"channel","id":501,"name":"fresh","hostUserId":null,"hostUid":null,"relayMode":null}',
      '{"kind":"event","source":"elsewhere"}',
      "not json",
      '{"kind":"channel","id":502,"name":"channel_42","hostUserId":null,"hostUid":null,"relayMode":null}',
      "",
    ].join("\n");
    expect(await importText(lines)).toMatchObject({
      code: 1,
      out: "0 events of 1 channel imported.\n",
      err: expect.stringMatching(/^Line 2: source: .*\nIt ended there\. /) as string,
    });
    const skipped = await importText(lines, "--skip-bad");
    expect(skipped.code).toBe(1);
    expect(skipped.err).toMatch(
      /^Line 2: .*\nLine 3: it is no JSON\.\nLine 4: channel channel_42 is number 502 .*\n3 lines left out/,
    );
  });

  it("names a file that isn't there", async () => {
    expect(await target.tally(["events", "import", "/nowhere/log.ndjson"])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^\/nowhere\/log\.ndjson can't be read: /) as string,
    });
  });
});
