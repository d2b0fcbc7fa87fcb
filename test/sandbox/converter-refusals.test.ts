import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { type AgoraClient, agoraClient, call } from "./clients.ts";
import {
  audioOnly,
  canvas,
  change,
  type MediaPush,
  mediaPush,
  raw,
  transcoded,
  videoChange,
  view,
} from "./converters.ts";

let sandbox: Sandbox;
let agora: AgoraClient;
let push: MediaPush;

beforeEach(async () => {
  // None connects, so that none changes its state meanwhile.
  const delays = { converterStartedMs: 6_000_000 };
  const converters = { callsPerSecond: 10_000, updatesPerSecond: 10_000 };
  sandbox = await createSandbox({ settings: { pace: 0.02, converters, delays } });
  agora = agoraClient(sandbox);
  push = mediaPush(agora);
});
afterEach(async () => {
  vi.useRealTimers();
  await sandbox.close();
});

const containing = (words: string) => expect.stringContaining(words) as string;

async function created(body: object = transcoded()): Promise<string> {
  const { status, body: answer } = await push.create(body);
  expect(status, JSON.stringify(answer)).toBe(200);
  return answer.converter.id;
}

describe("the gateway", () => {
  test("answers 401 with a message to missing and wrong credentials", async () => {
    for (const headers of [{}, { authorization: "Basic bm86bm8=" }]) {
      expect(await call("POST", push.all("eu"), transcoded(), headers)).toMatchObject({
        status: 401,
        body: { message: "Invalid authentication credentials." },
      });
    }
  });

  test("answers 403 with a reason to a project without Media Push, and to another's", async () => {
    const refusal = { status: 403, body: { reason: containing("permission") } };
    expect(await agora.ask("GET", `${agora.root}/v1/projects/other/rtmp-converters`)).toMatchObject(refusal);
    sandbox.control.changeSettings({ converters: { enabled: false } });
    expect(await push.create(transcoded())).toMatchObject(refusal);
    expect(await push.list()).toMatchObject(refusal);
    sandbox.control.changeSettings({ converters: { enabled: true } });
    expect(await push.create(transcoded())).toMatchObject({ status: 200 });
  });

  test.each(["EU", "us", "xx"])("refuses the region %s", async (region) => {
    expect(await push.create(transcoded(), { region })).toMatchObject({
      status: 400,
      body: { message: containing("Invalid parameter: region") },
    });
  });

  test("counts create and delete per project, get and update per converter", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    sandbox.control.changeSettings({
      converters: { callsPerSecond: 3, updatesPerSecond: 2, quota: { hd: 10 } },
      limits: { retryAfterSeconds: 2 },
    });
    const statuses = async (count: number, ask: (index: number) => Promise<{ status: number }>) =>
      (await Promise.all(Array.from({ length: count }, async (_, index) => (await ask(index)).status))).sort();
    expect(await statuses(4, (index) => push.create(raw({ name: `a${index}` })))).toEqual([200, 200, 200, 429]);
    const [first = "", second = ""] = sandbox.control.record().converters.map(({ id }) => id);
    expect(await statuses(4, () => push.get(first))).toEqual([200, 200, 200, 429]);
    expect((await push.get(second)).status).toBe(200);
    const update = (id: string) => push.update(id, change("rtmpUrl", { rtmpUrl: "rtmp://a/b/c" }));
    expect(await statuses(3, () => update(first))).toEqual([200, 200, 429]);
    expect((await update(second)).status).toBe(200);
    expect(await statuses(4, () => push.remove("unknown"))).toEqual([404, 404, 404, 429]);

    const refused = await push.remove("unknown");
    expect(refused).toMatchObject({ status: 429, body: { message: "Request rate limit exceeded." } });
    expect(refused.headers.get("retry-after")).toBe("2");
    vi.advanceTimersByTime(1_001);
    expect((await push.get(first)).status).toBe(200);
  });

  test.each([
    ["message", ["message", "message", "message"]],
    ["reason", ["reason", "reason", "reason"]],
    ["documented", ["message", "reason", "message"]],
  ] as const)("spells errors as told: %s", async (errorMember, members) => {
    sandbox.control.changeSettings({ converters: { errorMember } });
    await created();
    const answers = [await push.create({}), await push.get("unknown"), await push.create(transcoded())];
    expect(answers.map(({ status }) => status)).toEqual([400, 404, 409]);
    expect(answers.map(({ body }) => Object.keys(body as object))).toEqual(members.map((member) => [member]));
  });
});

describe("create", () => {
  const transcodeOptions = { rtcChannel: "shop_1", audioOptions: {} };
  const audio = (audioOptions: unknown) => transcoded({ transcodeOptions: { rtcChannel: "shop_1", audioOptions } });
  const channel = (rtcChannel: unknown) => transcoded({ transcodeOptions: { rtcChannel, audioOptions: {} } });
  const region = (change: object) => transcoded({}, { layout: [view(42, change)] });

  test.each([
    ["no converter", {}, "converter"],
    ["a member besides it", { ...transcoded(), fields: "name" }, "fields"],
    ["an unknown member", transcoded({ token: "t" }), "token"],
    ["a name with a space", transcoded({ name: "shop 1" }), "name"],
    ["a name of 65 characters", transcoded({ name: "a".repeat(65) }), "name"],
    ["no rtmpUrl", transcoded({ rtmpUrl: undefined }), "rtmpUrl"],
    ["an HTTP address", transcoded({ rtmpUrl: "https://a/b/c" }), "rtmpUrl"],
    ["an address of 1025 characters", transcoded({ rtmpUrl: `rtmp://a/b/${"c".repeat(1014)}` }), "rtmpUrl"],
    ["idleTimeOut 0", transcoded({ idleTimeOut: 0 }), "idleTimeOut"],
    ["idleTimeout as a string", transcoded({ idleTimeout: "300" }), "idleTimeout"],
    ["both spellings", transcoded({ idleTimeOut: 300, idleTimeout: 300 }), "idleTimeout"],
    ["jitterBufferSizeMs 1001", transcoded({ jitterBufferSizeMs: 1001 }), "jitterBufferSizeMs"],
    ["neither kind of options", transcoded({ transcodeOptions: undefined }), "transcodeOptions"],
    ["both kinds of options", raw({ transcodeOptions }), "transcodeOptions"],
    ["rawOptions without a uid", raw({ rawOptions: { rtcChannel: "shop_1" } }), "rtcStreamUid"],
    ["rawOptions with a uid as a string", raw({ rawOptions: { rtcChannel: "shop_1", rtcStreamUid: "42" } }), "Uid"],
    ["no channel", channel(undefined), "rtcChannel"],
    ["an empty channel", channel(""), "rtcChannel"],
    ["a channel of 65 characters", channel("a".repeat(65)), "rtcChannel"],
    ["a channel with a slash", channel("a/b"), "rtcChannel"],
    ["neither audio nor video", transcoded({ transcodeOptions: { rtcChannel: "shop_1" } }), "audioOptions"],
    ["an audio codec", audio({ codecProfile: "MP3" }), "codecProfile"],
    ["a sample rate of 16000", audio({ sampleRate: 16_000 }), "sampleRate"],
    ["31 kbps of sound", audio({ bitrate: 31 }), "bitrate"],
    ["129 kbps of sound", audio({ bitrate: 129 }), "bitrate"],
    ["3 channels of sound", audio({ audioChannels: 3 }), "audioChannels"],
    ["uids as strings", audio({ rtcStreamUids: ["42"] }), "rtcStreamUids"],
    ["a volume of somebody else", audio({ rtcStreamUids: [1], volumes: [{ rtcStreamUid: 2, volume: 9 }] }), "volumes"],
    ["volume 201", audio({ rtcStreamUids: [1], volumes: [{ rtcStreamUid: 1, volume: 201 }] }), "volumes"],
    ["no canvas", transcoded({}, { canvas: undefined }), "canvas"],
    ["a canvas 65 wide", transcoded({}, { canvas: { width: 65, height: 720 } }), "canvas.width"],
    ["a canvas 1921 high", transcoded({}, { canvas: { width: 66, height: 1921 } }), "canvas.height"],
    ["a colour as text", transcoded({}, { canvas: { ...canvas, color: "#fff" } }), "canvas.color"],
    ["no bitrate", transcoded({}, { bitrate: undefined }), "bitrate"],
    ["bitrate 10001", transcoded({}, { bitrate: 10_001 }), "bitrate"],
    ["31 frames a second", transcoded({}, { frameRate: 31 }), "frameRate"],
    ["gop 0", transcoded({}, { gop: 0 }), "gop"],
    ["VP8", transcoded({}, { codec: "VP8" }), "codec"],
    ["an unknown profile", transcoded({}, { codecProfile: "extreme" }), "codecProfile"],
    ["no layout", transcoded({}, { layout: undefined }), "layout"],
    ["layoutType 2", transcoded({}, { layoutType: 2 }), "layoutType"],
    ["layoutType 1 without vertical", transcoded({}, { layoutType: 1 }), "vertical"],
    ["a view of nobody", transcoded({}, { layout: [{ region: view(1).region }] }), "layout.0"],
    ["a view without a region", transcoded({}, { layout: [{ rtcStreamUid: 42 }] }), "layout.0"],
    ["an image that is no address", transcoded({}, { layout: [{ ...view(1), placeholderImageUrl: "a" }] }), "layout.0"],
    ["zIndex 101", region({ zIndex: 101 }), "layout.0"],
    ["a region beyond the right edge", region({ xPos: 1 }), "inside the canvas"],
    ["a region beyond the lower edge", region({ height: 721 }), "inside the canvas"],
    ["an unknown fillMode", transcoded({}, { layout: [{ ...view(42), fillMode: "stretch" }] }), "layout.0"],
    ["a payload of SEI too long", transcoded({}, sei({ payload: "a".repeat(4097) })), "payload"],
    ["an unknown video option", transcoded({}, { width: 1280 }), "width"],
  ])("refuses %s", async (_what, body, named) => {
    const { status, body: answer } = await push.create(body);
    expect([status, answer]).toEqual([400, { message: containing(named) }]);
    expect(sandbox.control.record().converters).toEqual([]);
  });

  function sei(customized: object) {
    return { seiOptions: { source: { metadata: true, customized }, sink: { type: 100 } } };
  }

  test.each([
    ["a name of all allowed characters", transcoded({ name: "aZ09-_" })],
    ["no name, twice", transcoded({ name: undefined })],
    ["an RTMP address of 1024 characters", transcoded({ rtmpUrl: `rtmp://a/b/${"c".repeat(1013)}` })],
    ["the vertical layout", transcoded({}, { layoutType: 1, layout: undefined, vertical: { maxResolutionUid: 42 } })],
    ["an image", transcoded({}, { layout: [{ imageUrl: "https://a.example/b.png", region: view(1).region }] })],
    ["SEI", transcoded({}, sei({ prefixForAgoraSei: "p", payload: "a" }))],
    ["the profile as the samples have it", transcoded({}, { codec: "H.264", codecProfile: "High", gop: 30 })],
    ["no audioOptions but null", audio(null)],
    ["sound alone", audioOnly()],
    ["no transcoding", raw()],
  ])("takes %s", async (_what, body) => {
    await created(body);
    if (!body.converter.name) await created(body);
  });

  test("refuses what is no JSON or not said to be", async () => {
    expect(await push.create("{")).toMatchObject({ status: 400, body: { message: containing("not JSON") } });
    const headers = { "content-type": "text/plain" };
    expect(await push.create(transcoded(), { headers })).toMatchObject({
      status: 400,
      body: { message: containing("Content-Type") },
    });
  });

  test("takes regionHintIp if it is an IPv4 address", async () => {
    expect(await push.create(transcoded(), { search: "?regionHintIp=2001:db8::1" })).toMatchObject({
      status: 400,
      body: { message: containing("regionHintIp") },
    });
    expect(await push.create(transcoded(), { search: "?regionHintIp=203.0.113.7" })).toMatchObject({ status: 200 });
  });

  test("refuses a name that exists with 409, in every region, until that one is destroyed", async () => {
    const id = await created();
    for (const region of ["eu", "na"]) {
      expect(await push.create(transcoded(), { region })).toMatchObject({
        status: 409,
        body: { message: containing("same name") },
      });
    }
    await push.remove(id);
    await created();
  });

  test("refuses what exceeds the quota with 429 and names it: by size, and all by that of the largest", async () => {
    sandbox.control.changeSettings({ converters: { quota: { sd: 3, hd: 2 } } });
    const hd = (name: string) => transcoded({ name });
    const sd = (name: string) => audioOnly({ name });
    const exceeded = (words: string) => ({ status: 429, body: { message: containing(words) } });
    expect(await push.create(transcoded({}, { canvas: { width: 1920, height: 1080 } }))).toMatchObject(
      exceeded("converters.quota.fhd is 0"),
    );
    const first = await created(hd("a"));
    await created(sd("b"));
    expect(await push.create(sd("c"))).toMatchObject(exceeded("converters.quota.hd is 2"));
    expect(await push.create(hd("c"))).toMatchObject(exceeded("quota limit exceeded"));
    await push.remove(first);
    await created(sd("c"));
    await created(transcoded({ name: "d" }, { canvas: { width: 640, height: 360 }, layout: [] }));
    expect(await push.create(sd("e"))).toMatchObject(exceeded("converters.quota.sd is 3"));
  });

  test("five converters of HD are the default, as outside China", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await created(transcoded({ name }));
    expect(await push.create(transcoded({ name: "f" }))).toMatchObject({ status: 429 });
  });
});

describe("get, update and delete", () => {
  test("answer 404 to a converter that is unknown, of another region, or destroyed", async () => {
    const gone = { status: 404, body: { reason: "Resource is not found and destroyed." } };
    const id = await created();
    expect(await push.get("unknown")).toMatchObject(gone);
    expect(await push.get(id, "na")).toMatchObject(gone);
    expect(await push.remove(id, "na")).toMatchObject(gone);
    expect(await push.remove(id)).toMatchObject({ status: 200, body: undefined });
    expect(await push.get(id)).toMatchObject(gone);
    expect(await push.remove(id)).toMatchObject(gone);
    expect(await push.update(id, change("rtmpUrl", { rtmpUrl: "rtmp://a/b/c" }))).toMatchObject(gone);
  });
});

describe("update", () => {
  const rtmpUrl = "rtmp://a/b/c";

  test.each(["", "?sequence=", "?sequence=-1", "?sequence=1.5", "?sequence=one"])(
    "refuses the sequence %j",
    async (search) => {
      const id = await created();
      expect(await push.update(id, change("rtmpUrl", { rtmpUrl }), search)).toMatchObject({
        status: 400,
        body: { message: containing("sequence") },
      });
    },
  );

  test.each<[string, object, string]>([
    ["no fields", { converter: { rtmpUrl } }, "fields"],
    ["empty fields", change("", { rtmpUrl }), "fields"],
    ["no converter", { fields: "rtmpUrl" }, "converter"],
    ["an unknown member", { ...change("rtmpUrl", { rtmpUrl }), sequence: 1 }, "sequence"],
    ["a field that is missing in the body", change("rtmpUrl,jitterBufferSizeMs", { rtmpUrl }), "missing in converter"],
    ["a field that is not named", change("rtmpUrl", { rtmpUrl, jitterBufferSizeMs: 0 }), "not named in fields"],
    ["an unknown field", change("colour", { colour: 1 }), "colour"],
    ["fields with a space", change("rtmpUrl, jitterBufferSizeMs", { rtmpUrl, jitterBufferSizeMs: 0 }), "cannot"],
    ["an address that is not valid", change("rtmpUrl", { rtmpUrl: "http://a/b" }), "rtmpUrl"],
    ["name", change("name", { name: "other" }), "cannot be updated"],
    ["idleTimeOut", change("idleTimeOut", { idleTimeOut: 5 }), "cannot be updated"],
    ["idleTimeout", change("idleTimeout", { idleTimeout: 5 }), "cannot be updated"],
    [
      "rtcChannel",
      change("transcodeOptions.rtcChannel", { transcodeOptions: { rtcChannel: "b" } }),
      "cannot be updated",
    ],
    [
      "all of audioOptions",
      change("transcodeOptions.audioOptions", { transcodeOptions: { audioOptions: { rtcStreamUids: [] } } }),
      "cannot be updated",
    ],
    ...["codecProfile", "sampleRate", "bitrate", "audioChannels"].map(
      (field) =>
        [
          `audioOptions.${field}`,
          change(`transcodeOptions.audioOptions.${field}`, { transcodeOptions: { audioOptions: { [field]: 1 } } }),
          "cannot be updated",
        ] satisfies [string, object, string],
    ),
    ["the codec", videoChange("codec", { codec: "H.265" }), "cannot be updated"],
    ["the profile", videoChange("codecProfile", { codecProfile: "main" }), "cannot be updated"],
    ["a layout beyond the canvas", videoChange("layout", { layout: [view(42, { xPos: 1 })] }), "inside the canvas"],
    ["a canvas too small for the layout", videoChange("canvas", { canvas: { width: 66, height: 66 } }), "inside"],
    [
      "raw options where there are none",
      change("rawOptions.rtcStreamUid", { rawOptions: { rtcStreamUid: 1 } }),
      "no such",
    ],
  ])("refuses %s and changes nothing", async (_what, body, named) => {
    const id = await created();
    const before = (await push.get(id)).body;
    const { status, body: answer } = await push.update(id, body);
    expect([status, answer]).toEqual([400, { message: containing(named) }]);
    expect((await push.get(id)).body).toEqual(before);
    expect(sandbox.control.record().converters[0]?.updates).toEqual([]);
  });

  test("refuses all but rtmpUrl with the vertical layout", async () => {
    const vertical = { maxResolutionUid: 42 };
    const id = await created(transcoded({}, { layoutType: 1, layout: undefined, vertical }));
    expect(await push.update(id, videoChange("vertical", { vertical: {} }))).toMatchObject({
      status: 400,
      body: { message: containing("only rtmpUrl") },
    });
    expect(await push.update(id, change("rtmpUrl", { rtmpUrl }))).toMatchObject({ status: 200 });
  });

  test("gives no picture to a converter of sound", async () => {
    const id = await created(audioOnly());
    expect(await push.update(id, videoChange("canvas", { canvas }))).toMatchObject({
      status: 400,
      body: { message: containing("no such options") },
    });
  });
});

describe("list", () => {
  test("gives at most 500 at once, the rest by the cursor, and skips none when one is destroyed meanwhile", async () => {
    sandbox.control.changeSettings({ converters: { quota: { sd: 1000 } } });
    const names = Array.from({ length: 502 }, (_, index) => `c${index}`);
    // Nobody is there: none shall be idle for long enough to end.
    const create = (name: string) => created(audioOnly({ name, idleTimeOut: 86_400 }));
    await Promise.all(names.slice(0, 501).map(create));
    const first = (await push.list()).body.data;
    expect([first.total_count, first.members.length]).toEqual([501, 500]);
    expect(first.cursor).toBeGreaterThan(0);
    await push.remove(String(first.members[0]?.converterId));
    await create("c501");
    const second = (await push.list(`/rtmp-converters?cursor=${first.cursor}`)).body.data;
    expect([second.total_count, second.members.length, second.cursor]).toEqual([501, 2, 0]);
    const listed = [...first.members, ...second.members].map(({ converterName }) => converterName);
    expect(listed.sort()).toEqual(names.sort());
  });

  test("tells of the converters of a channel or of all, as documented, with numbers as strings", async () => {
    const id = await created();
    const other = transcoded({ name: "b", transcodeOptions: { rtcChannel: "shop 2", audioOptions: {} } });
    await push.create({ converter: { ...other.converter, idleTimeOut: 120 } }, { region: "na" });
    const all = (await push.list()).body;
    expect(all).toMatchObject({ success: true, data: { total_count: 2, cursor: 0 } });
    expect(all.data.members.map(({ converterName }) => converterName)).toEqual(["shop_1_main", "b"]);
    expect((await push.list("/channels/shop%202/rtmp-converters")).body.data.members).toMatchObject([
      { rtcChannel: "shop 2", converterName: "b", idleTimeout: "120" },
    ]);
    const ts = expect.stringMatching(/^\d{10}$/) as string;
    expect((await push.list("/channels/shop_1/rtmp-converters")).body.data.members).toEqual([
      {
        rtcChannel: "shop_1",
        status: "200",
        converterName: "shop_1_main",
        updateTs: ts,
        appId: agora.appId,
        rtmpUrl: "rtmps://elsewhere.example/live/none",
        ip: "127.0.0.1",
        converterId: id,
        create: ts,
        idleTimeout: "300",
        state: "connecting",
      },
    ]);
    expect((await push.list("/channels/nobody/rtmp-converters")).body.data.members).toEqual([]);
  });

  test.each(["/rtmp-converters?cursor=-1", "/rtmp-converters?cursor=last", "/channels/a%2Fb/rtmp-converters"])(
    "refuses %s",
    async (path) => {
      expect(await push.list(path)).toMatchObject({ status: 400 });
    },
  );
});
