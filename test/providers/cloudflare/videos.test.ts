import { describe, expect, it, onTestFinished } from "vitest";

import { createCloudflareTransport, createVideos } from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { json, listen, type Respond, silence, text } from "../support/http-server.ts";

const root = "/client/v4/accounts/account-1/stream";
const envelope = (result: unknown) => ({ success: true, errors: [], messages: [], result });
const failure = (code: number) => ({ success: false, errors: [{ code, message: "no" }], messages: [], result: null });

async function videos(respond: Respond, timeoutMs?: number) {
  const { url, received } = await listen(respond);
  const account = { accountId: "account-1", apiToken: "cf-token", timeoutMs };
  const transport = createCloudflareTransport({ apiUrl: `${url}/client/v4`, ...account }, testDeps());
  onTestFinished(() => transport.close());
  return { client: createVideos(transport), received };
}

describe("the videos of a live input", () => {
  const video = { uid: "video-1", status: { state: "ready" } };

  it.each([
    ["a bare list, as documented", [video]],
    ["the member of an object", { videos: [video] }],
  ])("are taken from %s", async (_, result) => {
    const { client, received } = await videos(json(200, envelope(result)));
    expect(await client.ofLiveInput("input-1")).toEqual({ ok: true, videos: [video] });
    expect(received).toMatchObject([{ method: "GET", url: `${root}/live_inputs/input-1/videos` }]);
  });

  it("are not known if the answer is anything else", async () => {
    const { client } = await videos(json(200, envelope({ range: 1 })));
    expect(await client.ofLiveInput("input-1")).toMatchObject({ ok: false, final: false, notFound: false });
  });

  it("are gone with the live input", async () => {
    const { client } = await videos(json(404, failure(10_003)));
    expect(await client.ofLiveInput("input-1")).toMatchObject({ ok: false, notFound: true });
  });
});

describe("deleting a video", () => {
  it.each([
    ["an empty body", text(200, "")],
    ["an envelope", json(200, envelope(null))],
    ["that there is none of this id", json(404, failure(10_003))],
  ])("is done if the answer is %s", async (_, respond) => {
    const { client, received } = await videos(respond);
    expect(await client.remove("video-1")).toEqual({ ok: true });
    expect(received).toMatchObject([{ method: "DELETE", url: `${root}/video-1` }]);
  });

  it.each([
    ["the address is wrong", json(404, failure(7003)), true],
    ["the token may not", json(403, failure(10_000)), true],
    ["Cloudflare is broken", json(500, failure(1)), false],
    ["an empty body comes with a failure", text(502, ""), false],
    ["no answer comes", silence, false],
  ])("is not done if %s", async (_, respond, final) => {
    const { client } = await videos(respond, 300);
    expect(await client.remove("video-1")).toMatchObject({ ok: false, final });
  });
});
