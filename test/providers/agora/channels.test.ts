import { describe, expect, it, onTestFinished } from "vitest";

import { createAgoraChannels, createAgoraTransport } from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { json, listen, type Respond, text } from "../support/http-server.ts";

async function channels(respond: Respond) {
  const { url, received } = await listen(respond);
  const transport = createAgoraTransport({ apiUrl: url, customerId: "c", customerSecret: "s" }, testDeps());
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
