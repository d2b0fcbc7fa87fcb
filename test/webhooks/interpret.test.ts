import { describe, expect, it } from "vitest";

import { interpret } from "../../src/webhooks/index.ts";
import { unrecognised } from "../../src/webhooks/interpretation.ts";
import { fixture, json, meaningOf } from "./support.ts";

const agora = (body: object) => meaningOf("/agora", body);
const ofFixture = (file: string) => meaningOf(fixture(file).door, fixture(file).bytes);

describe("RTC events", () => {
  const host = { uid: 1187, ts: 1_790_003_600, seq: 1_790_003_600_120, clientType: null, communication: false };

  it.each([
    ["rtc.102.json", { type: "ChannelDestroyed", ts: 1_790_004_500 }],
    ["rtc.103.json", { type: "HostJoined", ...host }],
    ["rtc.103.media-gateway.json", { type: "HostJoined", ...host, uid: 1188, seq: 1_790_003_600_130, clientType: 28 }],
    ["rtc.104.json", { type: "HostLeft", ...host, ts: 1_790_004_500, seq: 1_790_004_500_120, reason: 1 }],
    ["rtc.105.json", { type: "AudienceSeen", uid: 5501, ts: 1_790_003_605, seq: 1_790_003_605_120, clientType: null }],
    [
      "rtc.105.recorder.json",
      { type: "AudienceSeen", uid: 700001, ts: 1_790_003_605, seq: 1_790_003_605_140, clientType: 10 },
    ],
    ["rtc.106.json", { type: "AudienceSeen", uid: 5501, ts: 1_790_003_665, seq: 1_790_003_665_120, clientType: null }],
    ["rtc.107.json", { type: "HostJoined", ...host, seq: 1_790_003_600_121, communication: true }],
    [
      "rtc.108.json",
      { type: "HostLeft", ...host, ts: 1_790_004_500, seq: 1_790_004_500_121, communication: true, reason: 10 },
    ],
    ["rtc.111.json", { type: "HostJoined", ...host, uid: 5502, ts: 1_790_003_630, seq: 1_790_003_630_120 }],
    ["rtc.112.json", { type: "HostLeft", ...host, uid: 5502, ts: 1_790_003_660, seq: 1_790_003_660_120, reason: null }],
  ])("%s", (file, event) => {
    expect(ofFixture(file)).toEqual({ kind: "event", event });
  });

  it("ignores that a channel was created, and health checks", () => {
    expect(ofFixture("rtc.101.json")).toEqual({ kind: "ignored", note: "channel created: its hosts say more" });
    expect(ofFixture("rtc.101.health-check.json")).toEqual({ kind: "ignored", note: "health check" });
    expect(ofFixture("rtc.103.health-check.json")).toEqual({ kind: "ignored", note: "health check" });
  });

  const join = (payload: object) =>
    agora({ productId: 1, eventType: 103, payload: { channelName: "c", uid: 7, clientSeq: 9, ts: 5, ...payload } });

  it("takes numbers written as text", () => {
    expect(join({ uid: "7", clientSeq: "1790003600120", ts: "5", clientType: "10" })).toMatchObject({
      event: { uid: 7, seq: 1_790_003_600_120, ts: 5, clientType: 10 },
    });
  });

  it("puts the second in the place of a missing clientSeq", () => {
    for (const clientSeq of [undefined, null, "none", {}]) {
      expect(join({ clientSeq, ts: 1_790_003_600 })).toMatchObject({ event: { seq: 1_790_003_600_000 } });
    }
  });

  it("overlooks what is wrong with fields that aren't needed", () => {
    expect(join({ clientType: "web", reason: [], platform: null })).toMatchObject({
      kind: "event",
      event: { clientType: null },
    });
  });

  it("doesn't recognise an event without a time or a uid, and says what is missing", () => {
    expect(join({ ts: undefined })).toEqual({
      kind: "unrecognised",
      note: "payload.ts: Invalid input: expected number, received undefined",
    });
    for (const uid of [undefined, null, "", "seller", -1, 1.5, 10_000_000_000, {}]) {
      const result = join({ uid });
      expect(result).toMatchObject({ kind: "unrecognised", note: expect.stringContaining("payload.uid") as string });
    }
    expect(agora({ productId: 1, eventType: 102, payload: {} })).toMatchObject({ kind: "unrecognised" });
    expect(agora({ productId: 1, eventType: 103 })).toMatchObject({ kind: "unrecognised" });
    expect(agora({ productId: 1, eventType: 199, payload: { uid: 7, ts: 5 } })).toEqual({
      kind: "unrecognised",
      note: "no RTC event that Tally knows: 199",
    });
  });
});

describe("recording events", () => {
  const m3u8 = "tally/6c0f9b8e2d714a53b1c7e05f42d98a36_channel_42.m3u8";
  const mp4 = "tally/6c0f9b8e2d714a53b1c7e05f42d98a36_channel_42_0.mp4";

  it.each([
    ["recording.70.json", { type: "RecorderStarted" }],
    ["recording.40.json", { type: "RecorderStarted" }],
    ["recording.71.json", { type: "RecorderEnded", cause: "stopped", code: 0, message: "ok", files: [m3u8, mp4] }],
    [
      "recording.71.page-load-timeout.json",
      { type: "RecorderEnded", cause: "stopped", code: 4, message: "page_load_timeout", files: [] },
    ],
    ["recording.11.json", { type: "RecorderEnded", cause: "exited", code: 0, message: "normal exit", files: [] }],
    [
      "recording.11.abnormal.json",
      { type: "RecorderEnded", cause: "exited", code: 1, message: "abnormal exit", files: [] },
    ],
    [
      "recording.31.json",
      { type: "RecorderEnded", cause: "uploaded", code: null, message: "files uploaded", files: [] },
    ],
    [
      "recording.31.mix.json",
      { type: "RecorderEnded", cause: "uploaded", code: null, message: "files uploaded", files: [m3u8, mp4] },
    ],
    [
      "recording.32.json",
      {
        type: "RecorderEnded",
        cause: "uploaded",
        code: null,
        message: "files uploaded, some to Agora's backup",
        files: [m3u8],
        backup: true,
      },
    ],
    [
      "recording.72.json",
      { type: "RecorderEnded", cause: "capability_limit", code: null, message: "WebGL", files: [] },
    ],
    ["recording.100.json", { type: "RtmpStatusChanged", status: "publishing" }],
    ["recording.100.connecting.json", { type: "RtmpStatusChanged", status: "connecting" }],
    ["recording.100.onhold.json", { type: "RtmpStatusChanged", status: "onhold" }],
    ["recording.100.disconnected.json", { type: "RtmpStatusChanged", status: "disconnected" }],
    ["recording.12.json", { type: "RecorderFailedOver", newUid: 3_312_045_778 }],
    ["recording.1.json", { type: "RecorderErrored", level: 5, code: 47, message: "uploader: failed to upload a file" }],
    [
      "recording.2.json",
      { type: "RecorderSeen", what: "recording warning (warnCode 31)", isRunning: false, files: [] },
    ],
    [
      "recording.3.json",
      { type: "RecorderSeen", what: "recording status (status 4)", isRunning: false, files: [m3u8] },
    ],
    ["recording.4.json", { type: "RecorderSeen", what: "first file listed", isRunning: false, files: [m3u8] }],
    ["recording.13.json", { type: "RecorderSeen", what: "recorder failover ready", isRunning: false, files: [] }],
    ["recording.30.json", { type: "RecorderSeen", what: "upload started", isRunning: true, files: [] }],
    [
      "recording.33.json",
      { type: "RecorderSeen", what: "upload progress (progress 4200)", isRunning: true, files: [] },
    ],
    [
      "recording.41.json",
      { type: "RecorderSeen", what: "recorder left the channel (leaveCode 6)", isRunning: false, files: [] },
    ],
    [
      "recording.42.json",
      { type: "RecorderSeen", what: "recording slice started (trackType audio_and_video)", isRunning: true, files: [] },
    ],
    [
      "recording.43.json",
      { type: "RecorderSeen", what: "audio of a user changed (state 1)", isRunning: true, files: [] },
    ],
    [
      "recording.44.json",
      { type: "RecorderSeen", what: "video of a user changed (state 0)", isRunning: true, files: [] },
    ],
    [
      "recording.45.json",
      { type: "RecorderSeen", what: "snapshot taken", isRunning: false, files: [expect.stringMatching(/\.jpg$/)] },
    ],
    ["recording.60.json", { type: "RecorderSeen", what: "VOD upload started", isRunning: false, files: [] }],
    ["recording.61.json", { type: "RecorderSeen", what: "VOD upload triggered", isRunning: false, files: [] }],
    [
      "recording.73.json",
      { type: "RecorderSeen", what: "page reloaded (reason audio_silence)", isRunning: true, files: [] },
    ],
    ["recording.80.json", { type: "RecorderSeen", what: "transcoding started", isRunning: false, files: [] }],
    [
      "recording.81.json",
      { type: "RecorderSeen", what: "transcoding completed (result all_success)", isRunning: false, files: [] },
    ],
    [
      "recording.90.json",
      { type: "RecorderSeen", what: "download failed (fileName a.ts;b.ts)", isRunning: false, files: [] },
    ],
    [
      "recording.1001.json",
      { type: "RecorderSeen", what: "transcoding result (result total_success)", isRunning: false, files: [mp4] },
    ],
  ])("%s", (file, details) => {
    const { sequence, sendts } = json(file).payload;
    const common = { uid: 999_042, recordingSid: "6c0f9b8e2d714a53b1c7e05f42d98a36", sequence, sentAt: sendts };
    expect(ofFixture(file)).toEqual({ kind: "event", event: { ...common, ...details } });
  });

  const recording = (eventType: number, details: unknown, payload: object = {}) =>
    agora({
      productId: 3,
      eventType,
      payload: { cname: "c", uid: "7", sid: "s", sequence: 0, sendts: 5, details, ...payload },
    });

  it("takes the status of the push in any case, and no number though the docs type it as one", () => {
    expect(recording(100, { status: "Publishing" })).toMatchObject({ event: { status: "publishing" } });
    for (const status of [1, "1", "paused", null, undefined]) {
      expect(recording(100, { status })).toMatchObject({ kind: "unrecognised" });
    }
  });

  it("takes a file list of any of its documented forms", () => {
    const filesOf = (fileList: unknown) => recording(31, { fileList });
    expect(filesOf("a.m3u8")).toMatchObject({ event: { files: ["a.m3u8"] } });
    expect(filesOf(["a.m3u8", { fileName: "b" }, { filename: "c" }, 7, null, {}, ""])).toMatchObject({
      event: { files: ["a.m3u8", "b", "c"] },
    });
    for (const none of ["", null, undefined, 7, {}]) expect(filesOf(none)).toMatchObject({ event: { files: [] } });
  });

  it("tells the backup of web mode, which lists no files", () => {
    expect(recording(32, { msgName: "backuped", status: 0 })).toMatchObject({ event: { files: [], backup: true } });
    expect(recording(31, { msgName: "uploaded", status: 0 })).not.toHaveProperty("event.backup");
  });

  it.each([
    [{ module: 1, errorCode: 32 }, "uploader: the settings of the storage are wrong"],
    [{ module: 1, errorCode: 47 }, "uploader: a file could not be uploaded"],
    [{ module: 1, errorCode: 51 }, "uploader: a file could not be processed"],
    [{ module: 1, errorCode: 47, errorMsg: "403" }, "uploader: 403"],
    [{ module: 2, errorCode: 50 }, "service"],
    [{ module: 9, errorMsg: "odd" }, "odd"],
  ])("says whose error it is: %j", (details, message) => {
    expect(recording(1, { ...details, errorLevel: 4 })).toMatchObject({ event: { level: 4, message } });
  });

  it("takes an error of unknown level for a fatal one, and overlooks what else is missing", () => {
    expect(recording(1, {})).toMatchObject({ event: { type: "RecorderErrored", level: 5, code: null, message: "" } });
    expect(recording(71, undefined)).toMatchObject({ event: { cause: "stopped", code: null, message: "", files: [] } });
    expect(recording(70, "none")).toMatchObject({ event: { type: "RecorderStarted" } });
  });

  it("doesn't recognise a failover to nobody, an unknown event, or one without what orders it", () => {
    expect(recording(12, {})).toEqual({ kind: "unrecognised", note: "payload.details.newUid: missing or no uid" });
    expect(recording(77, {})).toEqual({ kind: "unrecognised", note: "no recording event that Tally knows: 77" });
    for (const payload of [{ uid: "x" }, { sid: "" }, { sid: 7 }, { sequence: null }, { sendts: undefined }]) {
      expect(recording(70, {}, payload)).toMatchObject({ kind: "unrecognised" });
    }
  });

  it("ignores a health check", () => {
    expect(recording(40, {}, { cname: "test_webhook", uid: "12121212" })).toEqual({
      kind: "ignored",
      note: "health check",
    });
  });
});

describe("other products of Agora", () => {
  it("are ignored where Tally has nothing to do with them, and else not recognised", () => {
    expect(ofFixture("pull.1.json")).toEqual({ kind: "ignored", note: "Media Pull is not used" });
    expect(agora({ productId: 8, eventType: 1, payload: {} })).toMatchObject({ kind: "unrecognised" });
    expect(agora({ hello: "world" })).toMatchObject({ kind: "unrecognised" });
  });
});

describe("Cloudflare's notifications", () => {
  const liveInput = "d5b1f0a27c9e48d6a3f418e25c7b6091";

  it.each([
    ["live_input.connected.json", { type: "IngestConnected", liveInput, updatedAt: "2026-09-21T13:53:31.004518207Z" }],
    [
      "live_input.disconnected.json",
      { type: "IngestDisconnected", liveInput, updatedAt: "2026-09-21T14:08:12.918400000Z" },
    ],
    [
      "live_input.errored.json",
      {
        type: "IngestErrored",
        liveInput,
        updatedAt: "2026-09-21T13:54:02.350912004Z",
        code: "ERR_UNSUPPORTED_VIDEO_CODEC",
        message: "The video codec is not supported.",
      },
    ],
  ])("%s", (file, event) => {
    expect(ofFixture(file)).toEqual({ kind: "event", event });
  });

  const live = (data: unknown) => meaningOf("/cloudflare/live", { data });

  it("are errors without a code too", () => {
    const errored = { input_id: liveInput, event_type: "live_input.errored", updated_at: "2026-09-21T13:53:31Z" };
    for (const live_input_errored of [undefined, null, {}, { error: {} }, { error: "bad" }]) {
      expect(live({ ...errored, live_input_errored })).toMatchObject({ event: { code: "ERR_UNKNOWN", message: "" } });
    }
  });

  it("are ignored as test messages and as those about something else", () => {
    expect(ofFixture("notification.test.json")).toEqual({ kind: "ignored", note: "test message" });
    expect(ofFixture("notification.other.json")).toMatchObject({ kind: "ignored" });
  });

  it("are not recognised without a time that orders them, or with another event", () => {
    const connected = { input_id: liveInput, event_type: "live_input.connected" };
    for (const updated_at of [undefined, null, 1_790_003_600, "", "today"]) {
      const note = expect.stringContaining("payload.data.updated_at") as string;
      expect(live({ ...connected, updated_at })).toMatchObject({ kind: "unrecognised", note });
    }
    expect(live({ ...connected, event_type: "live_input.paused", updated_at: "2026-09-21T13:53:31Z" })).toEqual({
      kind: "unrecognised",
      note: "no event of a live input that Tally knows: live_input.paused",
    });
  });
});

describe("Stream's webhooks", () => {
  const base = "https://customer-m033z5x00ks6nunl.cloudflarestream.com/a7f3c9e1508d4b62bd9e0c41762f85aa";
  const processed = {
    type: "VideoProcessed",
    video: "a7f3c9e1508d4b62bd9e0c41762f85aa",
    createdAt: "2026-09-21T13:53:33.214408000Z",
    modifiedAt: "2026-09-21T14:09:40.502910000Z",
    signed: false,
    hls: `${base}/manifest/video.m3u8`,
    dash: `${base}/manifest/video.mpd`,
    thumbnail: `${base}/thumbnails/thumbnail.jpg`,
  };
  const video = (changes: object) => meaningOf("/cloudflare/video", { ...json("video.ready.json"), ...changes });

  it("say that a video is ready, though its pctComplete be 61", () => {
    const event = { ...processed, ready: true, durationSeconds: 878.4, error: null };
    expect(ofFixture("video.ready.json")).toEqual({ kind: "event", event });
  });

  it("say why a video could not be made, in either spelling", () => {
    const error = { code: "ERR_MALFORMED_VIDEO", message: "The video was deemed to be corrupted or malformed." };
    const event = { ...processed, ready: false, durationSeconds: null, error };
    expect(ofFixture("video.error.json")).toEqual({ kind: "event", event });
    const status = { state: "error", errorReasonCode: error.code, errorReasonText: error.message };
    expect(video({ status })).toMatchObject({ event: { ready: false, error } });
    expect(video({ status: { state: "error" } })).toMatchObject({
      event: { error: { code: "ERR_UNKNOWN", message: "" } },
    });
  });

  it("leave out what they don't have", () => {
    const nothing = { created: undefined, duration: -1, playback: null, thumbnail: 7, status: { state: "ready" } };
    expect(video(nothing)).toMatchObject({
      event: { ready: true, createdAt: null, durationSeconds: null, hls: null, dash: null, thumbnail: null },
    });
  });

  it("are ignored while the video is being made, and not recognised without a video", () => {
    expect(ofFixture("video.other.json")).toMatchObject({ kind: "ignored" });
    expect(video({ uid: undefined })).toMatchObject({ kind: "unrecognised" });
  });
});

describe("a row with text instead of JSON", () => {
  it("means the same, as where a user's account name holds what jsonb refuses", () => {
    const body = json("rtc.103.json");
    body.payload.account = "seller\0\ud800";
    const row = { source: "agora", type: "rtc.103", payload: null, raw: JSON.stringify(body) };
    expect(interpret(row)).toMatchObject({ kind: "event", event: { type: "HostJoined", uid: 1187 } });
  });

  it("puts nothing that Postgres refuses into what it means, nor into notes", () => {
    const body = json("recording.70.json");
    body.payload.sid = "sid\0\ud800";
    const row = { source: "agora", type: "recording.70", payload: null, raw: JSON.stringify(body) };
    const meaning = interpret(row);
    expect(meaning.kind).toBe("event");
    expect(JSON.stringify(meaning)).toContain("sid\uFFFD\uFFFD");
    expect(JSON.stringify(meaning)).not.toMatch(/\\u(0000|d800)/);
  });

  it("is not recognised if the text is no JSON", () => {
    for (const source of ["agora", "cloudflare"]) {
      for (const raw of ["", "hello", "base64:/w==", "{", "[".repeat(200_000)]) {
        const row = { source, type: "unknown", payload: null, raw };
        expect(interpret(row)).toEqual({ kind: "unrecognised", note: "the body isn't JSON" });
      }
    }
  });
});

it("cuts a long note without leaving half of a character", () => {
  for (const length of [298, 299, 300]) {
    const { note } = unrecognised(`${"x".repeat(length)}\u{1f600}`) as { note: string };
    expect(note.length).toBeLessThanOrEqual(300);
    expect(note).not.toMatch(/\p{Surrogate}/u);
  }
});

it("does not recognise JSON that is no object, nor events that are no webhooks", () => {
  for (const payload of [null, [], "text", 7, true]) {
    for (const [source, type] of [
      ["agora", "ncs.unknown"],
      ["cloudflare", "unknown"],
      ["cloudflare", "video.other"],
    ] as const) {
      expect(interpret({ source, type, payload, raw: null })).toMatchObject({ kind: "unrecognised" });
    }
  }
  expect(interpret({ source: "tally", type: "SessionOpened", payload: {}, raw: null })).toMatchObject({
    kind: "unrecognised",
  });
});

it("reads the payload and not the type, so that a better reading repairs history", () => {
  const { bytes } = fixture("rtc.103.json");
  const payload: unknown = JSON.parse(bytes.toString("utf8"));
  expect(interpret({ source: "agora", type: "ncs.unknown", payload, raw: null })).toMatchObject({ kind: "event" });
});

it("quotes at most 300 characters of a provider", () => {
  const result = agora({
    productId: 3,
    eventType: 100,
    payload: { uid: 1, sid: "s", sequence: 0, sendts: 1, details: { status: "x".repeat(9999) } },
  });
  expect(result.kind === "unrecognised" && result.note.length).toBe(300);
});
