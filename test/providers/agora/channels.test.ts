import { describe, expect, it, onTestFinished } from "vitest";

import { createAgoraChannels, createAgoraTransport } from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { json, listen, type Respond, text } from "../support/http-server.ts";

async function channels(respond: Respond) {
  const { url, received } = await listen(respond);
  const transport = createAgoraTransport({ hosts: [[url]], customerId: "c", customerSecret: "s" }, testDeps());
  onTestFinished(() => transport.close());
  return { client: createAgoraChannels({ appId: "app" }, transport), received };
}

describe("users", () => {
  it("asks for the channel by its exact name", async () => {
    const { client, received } = await channels(json(200, { success: true, data: { channel_exist: false } }));
    await client.users("Shoes & more/#1");
    expect(received).toMatchObject([{ method: "GET", url: "/dev/v1/channel/user/app/Shoes%20%26%20more%2F%231" }]);
  });

  it.each([
    [
      "live",
      { channel_exist: true, mode: 2, broadcasters: [11, 4294967295], audience: [7], audience_total: 1 },
      { channelExists: true, communication: false, broadcasters: [11, 4294967295], audienceTotal: 1 },
    ],
    [
      "live, and silent about the audience",
      { channel_exist: true, mode: 2, broadcasters: [] },
      { channelExists: true, communication: false, broadcasters: [], audienceTotal: null },
    ],
    [
      "communication, where all publish",
      { channel_exist: true, mode: 1, total: 2, users: [1, 2] },
      { channelExists: true, communication: true, broadcasters: [1, 2], audienceTotal: null },
    ],
    [
      "nobody",
      { channel_exist: false },
      { channelExists: false, communication: false, broadcasters: [], audienceTotal: 0 },
    ],
  ])("reads %s", async (_name, data, users) => {
    const { client } = await channels(json(200, { success: true, data }));
    expect(await client.users("shoes")).toEqual({ ok: true, ...users });
  });

  it.each([
    ["success: false", json(200, { success: false, data: { channel_exist: false } })],
    ["no data", json(200, { success: true })],
    ["a live channel without its broadcasters", json(200, { success: true, data: { channel_exist: true, mode: 2 } })],
    ["a profile unknown to us", json(200, { success: true, data: { channel_exist: true, mode: 3, broadcasters: [] } })],
    ["a page", text(200, "<html>")],
    ["a refusal", json(401, { message: "Unauthorized" })],
  ])("concludes nothing from %s", async (_name, respond) => {
    const { client } = await channels(respond);
    expect(await client.users("shoes")).toMatchObject({
      ok: false,
      retryAfterMs: null,
      error: { provider: "agora", operation: "channel_users", message: expect.stringMatching(/./) as string },
    });
  });
});

describe("list", () => {
  it("asks for the largest page there is, by its number", async () => {
    const { client, received } = await channels(json(200, { success: true, data: { channels: [], total_size: 0 } }));
    await client.list(3);
    expect(received).toMatchObject([{ method: "GET", url: "/dev/v1/channel/app?page_no=3&page_size=500" }]);
  });

  it.each([
    [
      "names and their number",
      { channels: [{ channel_name: "lkj144", user_count: 3 }, { channel_name: "shoes" }], total_size: 502 },
      { names: ["lkj144", "shoes"], total: 502 },
    ],
    ["a page after the last", { channels: [], total_size: 12 }, { names: [], total: 12 }],
    ["a project with nobody in it", { total_size: 0 }, { names: [], total: 0 }],
    ["the same in other words", { channels: null, total_size: 0 }, { names: [], total: 0 }],
  ])("reads %s", async (_name, data, page) => {
    const { client } = await channels(json(200, { success: true, data }));
    expect(await client.list(0)).toEqual({ ok: true, ...page });
  });

  it.each([
    ["success: false", json(200, { success: false, data: { channels: [], total_size: 0 } })],
    ["channels that are not there", json(200, { success: true, data: { total_size: 3 } })],
    ["a channel without a name", json(200, { success: true, data: { channels: [{ user_count: 1 }], total_size: 1 } })],
    ["no number of channels", json(200, { success: true, data: { channels: [] } })],
    ["a page", text(200, "<html>")],
    ["a refusal", json(403, { message: "not enabled" })],
  ])("concludes nothing from %s", async (_name, respond) => {
    const { client } = await channels(respond);
    expect(await client.list(0)).toMatchObject({
      ok: false,
      error: { provider: "agora", operation: "channel_list", message: expect.stringMatching(/./) as string },
    });
  });
});
