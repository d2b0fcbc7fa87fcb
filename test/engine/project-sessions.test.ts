import { expect, it } from "vitest";

import { projectSessions } from "../../src/engine/project-sessions.ts";
import { type SessionRow, Sessions } from "../../src/engine/sessions.ts";
import {
  initialState,
  mainVideo,
  type Recorder,
  type RecorderEnded,
  type Session,
  type SessionVideo,
  type VideoProcessed,
} from "../../src/live/index.ts";

function row(number: number, ingestConnectedAt: string | null, videos: SessionVideo[] = []): SessionRow {
  return {
    number,
    cause: "host",
    openedAt: number,
    liveAt: null,
    closedAt: number + 1,
    endReason: "host_left",
    recordingSids: [`sid-${number}`],
    files: [],
    upload: null,
    ingestConnectedAt,
    videos,
    withHostMs: 0,
    withoutHostMs: 0,
    mediaPushMs: 0,
    resolution: "HD",
    counting: null,
    drops: [],
  };
}

function video(createdAt: string | null, overrides: Partial<VideoProcessed> = {}): VideoProcessed {
  return {
    type: "VideoProcessed",
    video: "video-a",
    ready: true,
    createdAt,
    durationSeconds: 60,
    hls: null,
    dash: null,
    thumbnail: null,
    error: null,
    ...overrides,
  };
}

/** Numbers of the sessions that have a video after this event. */
function withVideo(event: VideoProcessed, ...rows: SessionRow[]): number[] {
  const sessions = new Sessions(rows);
  projectSessions(sessions, { at: 0, event, after: initialState(1) });
  return sessions
    .all()
    .filter(({ videos }) => mainVideo(videos)?.video === event.video)
    .map((one) => one.number);
}

const first = row(1, "2026-01-01T10:00:00.000000000Z");
const second = row(2, "2026-01-01T11:00:00.000000000Z");

it.each([
  ["2026-01-01T10:00:05.000000000Z", [1]],
  ["2026-01-01T10:58:59.999999999Z", [1]],
  ["2026-01-01T10:59:00.000000000Z", [2]], // up to a minute before the connection
  ["2026-01-01T12:00:00.000000000Z", [2]],
])("a video that was created at %s is of the session whose picture began before", (createdAt, expected) => {
  expect(withVideo(video(createdAt), first, second)).toEqual(expected);
});

it("a video without a time, or older than all pictures, is of the newest session", () => {
  expect(withVideo(video(null), first, row(3, null), second)).toEqual([2]);
  expect(withVideo(video("2025-01-01T00:00:00.000000000Z"), first, second)).toEqual([2]);
  expect(withVideo(video(null), row(4, null), row(5, null))).toEqual([5]);
});

it("a video that could not be made does not replace one that can be watched", () => {
  const watchable = video(null, { video: "video-good" });
  const broken = video(null, { video: "video-bad", ready: false, error: { code: "ERR_UNKNOWN", message: "" } });
  expect(withVideo(broken, row(1, null, [watchable]))).toEqual([]);
  expect(withVideo(watchable, row(1, null, [broken]))).toEqual([1]);
});

it("files go to the session of their recording, each once, and to none if the recording is not ours", () => {
  const sessions = new Sessions([first, second]);
  const seen = { type: "RecorderSeen", uid: 1, sequence: 1, sentAt: 1, what: "uploaded", isRunning: false } as const;
  const after = initialState(1);
  projectSessions(sessions, { at: 0, event: { ...seen, recordingSid: "sid-1", files: ["a.m3u8", "b.ts"] }, after });
  projectSessions(sessions, { at: 0, event: { ...seen, recordingSid: "sid-1", files: ["b.ts", "c.ts"] }, after });
  projectSessions(sessions, { at: 0, event: { ...seen, recordingSid: "another", files: ["x.ts"] }, after });
  expect(sessions.get(1)?.files).toEqual(["a.m3u8", "b.ts", "c.ts"]);
  expect(sessions.get(2)?.files).toEqual([]);
});

it("a recorder that outlives its session is counted on in the row of its own, and no longer once it ended", () => {
  const running = { session: 1, state: "stopping", mode: "media-push", recordingSid: null } as Recorder;
  const meters = { 1: { at: 5000, withHostMs: 1, withoutHostMs: 2, mediaPushMs: 3 } };
  const session = { number: 2, meter: { at: 5000, withHostMs: 0, withoutHostMs: 0 } } as Session;
  const sessions = new Sessions([first, second]);
  const after = { ...initialState(1), session, meters, recorders: { a: running } };
  const event = { type: "HoldReleased" } as const;
  projectSessions(sessions, { at: 0, event, after });
  expect(sessions.get(1)).toEqual({
    ...first,
    withHostMs: 1,
    withoutHostMs: 2,
    mediaPushMs: 3,
    counting: { since: 5000, hostPresent: false, recorders: 1, mediaPush: 1 },
  });
  expect(sessions.get(2)?.counting).toBeNull();
  projectSessions(sessions, { at: 0, event, after: { ...after, recorders: { a: { ...running, state: "ended" } } } });
  expect(sessions.get(1)?.counting).toBeNull();
});

it("a session's files are in the storage once Agora says so, and in its backup if it ever said that of some", () => {
  const rest = { uid: 1, sequence: 1, sentAt: 1, code: null, message: "", files: [] };
  const uploaded = { type: "RecorderEnded", cause: "uploaded", ...rest, recordingSid: "sid-1" } as const;
  const uploads = (...events: RecorderEnded[]) => {
    const sessions = new Sessions([first]);
    for (const event of events) projectSessions(sessions, { at: 0, event, after: initialState(1) });
    return sessions.get(1)?.upload;
  };
  expect(uploads({ ...uploaded, cause: "stopped" })).toBeNull();
  expect(uploads(uploaded)).toBe("storage");
  expect(uploads({ ...uploaded, backup: true })).toBe("backup");
  expect(uploads({ ...uploaded, backup: true }, uploaded)).toBe("backup");
  expect(uploads(uploaded, { ...uploaded, backup: true })).toBe("backup");
  expect(uploads({ ...uploaded, backup: true, recordingSid: "another" })).toBeNull();
});

it("remembers when the picture was gone: until it is back, and what is gone at the end until then; the newest hundred", () => {
  const sessions = new Sessions();
  const event = { type: "HoldReleased" } as const;
  const told = (at: number, given: Partial<Session>) => {
    const session = { number: 1, meter: { at, withHostMs: 0, withoutHostMs: 0 }, ...given } as Session;
    projectSessions(sessions, { at, event, after: { ...initialState(1), session } });
    return sessions.get(1)?.drops;
  };
  expect(told(10, {})).toEqual([]);
  expect(told(20, { lostAt: 20 })).toEqual([{ from: 20, to: null }]);
  expect(told(25, { lostAt: 20 })).toEqual([{ from: 20, to: null }]);
  expect(told(30, {})).toEqual([{ from: 20, to: 30 }]);
  told(40, { lostAt: 40 });
  expect(told(50, { ending: { at: 50, reason: "host_left" } })).toEqual([
    { from: 20, to: 30 },
    { from: 40, to: 50 },
  ]);
  for (let at = 100; at < 300; at += 2) {
    told(at, { lostAt: at });
    told(at + 1, {});
  }
  expect(sessions.get(1)?.drops).toHaveLength(100);
  expect(sessions.get(1)?.drops.at(-1)).toEqual({ from: 298, to: 299 });
});
