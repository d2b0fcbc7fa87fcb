import { describe, expect, it, onTestFinished } from "vitest";

import { createDelivery } from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { inTurn, json, listen, refusingUrl, type Respond, silence, text } from "../support/http-server.ts";

const liveInput = "66be4bf738797e01e1fca35a7bdecdcd";
const lifecycle = (live: boolean, videoUID: string | null) => json(200, { isInput: true, videoUID, live });
const isLive = lifecycle(true, "video-1");
const isNotLive = lifecycle(false, null);
const manifest = text(200, "#EXTM3U\n#EXT-X-VERSION:7\n");
const notABrowser = text(403, "error code: 1010");
const page = text(200, "<html>Checking your browser</html>");

async function looking(...answers: [Respond, ...Respond[]]) {
  const { url, received } = await listen(inTurn(...answers));
  const { delivery, deps } = client();
  const result = await delivery.look({ playbackBase: url, liveInput }, { context: { channel: "shoes" } });
  return { result, received, deps };
}

function client(settings?: { timeoutMs: number }) {
  const deps = testDeps();
  const delivery = createDelivery(deps, settings);
  onTestFinished(() => delivery.close());
  return { delivery, deps };
}

describe("look", () => {
  it.each<[string, boolean, Respond, ...Respond[]]>([
    ["not playable by one call while the input is not live", false, isNotLive],
    ["not playable while there is no video of it", false, lifecycle(true, null)],
    ["playable when it is live and its manifest is there", true, isLive, manifest],
    ["not playable when it is live and its manifest is not there", false, isLive, text(204, "")],
    ["playable when it is live and the manifest is refused to us", true, isLive, notABrowser],
    ["playable when it is live and the manifest needs a signed link", true, isLive, text(401, "")],
    ["by its manifest when lifecycle says nothing", true, notABrowser, manifest],
    ["by its manifest when lifecycle fails", false, text(502, "<h1>Bad gateway</h1>"), text(204, "")],
    ["by its manifest when lifecycle answers with a page", true, page, manifest],
  ])("is %s", async (_what, playable, ...answers) => {
    const { result, received } = await looking(...answers);
    expect(result).toEqual({ ok: true, playable });
    expect(received.map(({ url }) => url)).toEqual(
      [`/${liveInput}/lifecycle`, `/${liveInput}/manifest/video.m3u8`].slice(0, answers.length),
    );
  });

  it.each<[string, Respond, ...Respond[]]>([
    ["refusals", notABrowser, notABrowser],
    ["pages", page, page],
    ["no such path", text(404, "not found"), text(404, "not found")],
    ["a lifecycle of another shape", json(200, { live: "yes" }), text(500, "")],
  ])("knows nothing from %s, which is no no", async (_what, ...answers) => {
    const { result, deps } = await looking(...answers);
    expect(result).toMatchObject({ ok: false, error: { provider: "cloudflare", operation: "manifest" } });
    expect(deps.lines().map(({ outcome }) => outcome)).toEqual(["unknown", "unknown"]);
  });

  it("knows nothing when nobody listens, or answers in time", async () => {
    const { delivery } = client({ timeoutMs: 50 });
    const refused = await delivery.look({ playbackBase: await refusingUrl(), liveInput });
    expect(refused).toMatchObject({ ok: false, error: { status: null, message: "no answer: ECONNREFUSED" } });
    const { url } = await listen(silence);
    const silent = await delivery.look({ playbackBase: url, liveInput });
    expect(silent).toMatchObject({ ok: false, error: { status: null, message: "no answer within 50 ms" } });
  });

  it("asks as a browser does, without credentials, and writes a line for each call", async () => {
    const { received, deps } = await looking(isLive, manifest);
    for (const { headers } of received) {
      expect(headers["user-agent"]).toMatch(/^Mozilla\/5\.0 \(/);
      expect(headers).not.toHaveProperty("authorization");
    }
    expect(deps.lines()).toMatchObject([
      { msg: "provider.called", channel: "shoes", operation: "lifecycle", status: 200, outcome: "playable" },
      { msg: "provider.called", channel: "shoes", operation: "manifest", status: 200, outcome: "playable" },
    ]);
    expect(deps.calls.map(({ operation, ended }) => [operation, ended?.response])).toEqual([
      ["lifecycle", undefined],
      ["lifecycle", '{"isInput":true,"videoUID":"video-1","live":true}'],
      ["manifest", undefined],
      ["manifest", "#EXTM3U\n#EXT-X-VERSION:7\n"],
    ]);
    expect(deps.happened).toEqual([]); // no place in the rate of Cloudflare's API
  });
});
