import { randomBytes, randomInt } from "node:crypto";

import type { Settings } from "../settings.ts";
import type { Clocks } from "./clocks.ts";
import type { LiveInputs } from "./live-inputs.ts";
import type { Ncs } from "./ncs.ts";
import { createPush, type Push } from "./push.ts";
import type { RecorderEntry, SandboxRecord } from "./record.ts";
import { createRecorderNotices, type RecordedFile } from "./recorder-notices.ts";
import type { Timers } from "./timers.ts";

/** What a recorder is started with. */
export interface RecorderOrder {
  resourceId: string;
  cname: string;
  uid: string;
  /** Null records only. */
  rtmpUrl: string | null;
  onhold: boolean;
  maxRecordingHour: number;
  fileNamePrefix: readonly string[];
  fileTypes: readonly ("hls" | "mp4")[];
  storage: StorageUsed;
}

/** Where and with what kind of credentials files are uploaded. */
export type StorageUsed = Omit<RecorderEntry["storage"][number], "at">;

/** Agora docs, event 71. */
export const abnormalEnds = {
  max_recording_hour: 1,
  capability_limit: 2,
  start_engine_failed: 3,
  page_load_timeout: 4,
  access_url_failed: 5,
  recorder_error: 6,
} as const;
type AbnormalEnd = keyof typeof abnormalEnds;

/** A Cloud Recording task in web mode: it lives by itself, notifies, and pushes. */
export interface Recorder {
  /** Its line in the record, kept up to date. */
  readonly entry: RecorderEntry;
  readonly push: Push | null;
  /** Paused: nothing is recorded or pushed. */
  readonly onhold: boolean;
  files(): RecordedFile[];
  /**
   * Begins to stop. Only for a recorder that is starting or recording.
   *
   * @returns `recorded`: whether there is anything to upload; `ended`: resolves with its end
   */
  stop(): { recorded: boolean; ended: Promise<void> };
  setOnhold(onhold: boolean): void;
  /** Pushes to `rtmpUrl` from now on, also if it is the same. Only for a recorder that pushes. */
  repoint(rtmpUrl: string): void;
  /** Uploads with other credentials from now on. */
  changeStorage(storage: StorageUsed): void;
  /** Ends at once, without upload. @param silently - without notifications */
  fail(cause: AbnormalEnd, silently: boolean): void;
  /** Moves to another machine: gone from the API and not pushing for a while, then event 12 and a new uid. */
  failOver(): void;
}

export interface RecorderDeps {
  settings: Settings;
  clocks: Clocks;
  timers: Timers;
  record: SandboxRecord;
  ncs: Ncs;
  liveInputs: LiveInputs;
}

/** @param order - of a start that has been accepted */
export function startRecorder(deps: RecorderDeps, order: RecorderOrder): Recorder {
  const { settings, timers, record } = deps;
  const { cname, uid } = order;
  const sid = randomBytes(16).toString("hex");
  const entry = record.addRecorder({
    resourceId: order.resourceId,
    sid,
    cname,
    uid,
    liveUid: Number(uid),
    state: "starting",
    startedAt: Date.now(),
    recordingAt: null,
    stopRequestedAt: null,
    endedAt: null,
    endCause: null,
    storage: [{ at: Date.now(), ...order.storage }],
  });
  const notices = createRecorderNotices(deps, entry);
  const pending = new Set<() => void>();
  let { onhold } = order;
  let resolveEnded: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (resolveEnded = resolve));

  const { rtmpUrl } = order;
  const push =
    rtmpUrl === null
      ? null
      : createPush(deps, { url: rtmpUrl, sid, report: (...change) => notices.pushChanged(...change) });

  /** As `timers.after`, but only as long as this recorder lives and nobody calls `forgetPending`. */
  function after(ms: number, run: () => void): void {
    const cancel = timers.after(ms, () => {
      pending.delete(cancel);
      run();
    });
    pending.add(cancel);
  }

  function forgetPending(): void {
    for (const cancel of pending) cancel();
    pending.clear();
  }

  function enter(state: RecorderEntry["state"], change: Partial<RecorderEntry> = {}): void {
    Object.assign(entry, { state, ...change });
    record.changed();
  }

  function end(endCause: string): void {
    forgetPending();
    push?.close();
    enter("ended", { endedAt: Date.now(), endCause });
    resolveEnded();
  }

  function files(): RecordedFile[] {
    const { recordingAt } = entry;
    if (recordingAt === null) return [];
    const path = [...order.fileNamePrefix, `${sid}_${cname}`].join("/");
    return order.fileTypes.map((type) => ({
      filename: type === "hls" ? `${path}.m3u8` : `${path}_0.mp4`,
      sliceStartTime: deps.clocks.agora(recordingAt),
    }));
  }

  function beginRecording(): void {
    enter("recording", { recordingAt: Date.now() });
    notices.recording();
    beginPush();
  }

  function beginPush(): void {
    if (onhold) push?.hold();
    else push?.open();
  }

  /** Ends in order: the push, the recording (71), the upload (31), the task (11). */
  function windDown(code: number, message: string): void {
    const recorded = entry.recordingAt !== null;
    const { pushEndedMs, recorderStoppedMs, uploadedMs, exitedMs } = settings.delays;
    forgetPending();
    enter("stopping", { stopRequestedAt: Date.now() });
    after(Math.min(pushEndedMs, recorderStoppedMs), () => push?.close());
    after(recorderStoppedMs, () => {
      notices.stopped(code, message, files());
      after(recorded ? uploadedMs : 0, () => {
        if (recorded) notices.uploaded();
        after(exitedMs, () => {
          notices.exited(0);
          end(message === "ok" ? "stopped" : message);
        });
      });
    });
  }

  function fail(cause: AbnormalEnd, silently: boolean): void {
    end(cause);
    if (silently) return;
    notices.stopped(abnormalEnds[cause], cause, files());
    notices.exited(1);
  }

  after(settings.delays.recorderStartedMs, beginRecording);
  const cancelMaxHours = timers.after(order.maxRecordingHour * 3_600_000, () => {
    if (entry.state !== "stopping") windDown(abnormalEnds.max_recording_hour, "max_recording_hour");
  });
  void ended.then(cancelMaxHours);

  return {
    entry,
    push,
    get onhold() {
      return onhold;
    },
    files,
    stop() {
      const recorded = entry.recordingAt !== null;
      windDown(0, "ok");
      return { recorded, ended };
    },
    setOnhold(next) {
      if (next === onhold) return;
      onhold = next;
      if (entry.state === "recording") beginPush();
    },
    repoint(rtmpUrl) {
      if (!push) return;
      push.url = rtmpUrl;
      if (entry.state === "recording") beginPush();
    },
    changeStorage(storage) {
      entry.storage.push({ at: Date.now(), ...storage });
      record.changed();
    },
    fail,
    failOver() {
      forgetPending();
      push?.close();
      enter("migrating");
      after(settings.delays.failoverMs, () => {
        const newUid = randomInt(3_000_000_000, 4_000_000_000);
        notices.failedOver(newUid);
        enter("recording", { liveUid: newUid });
        if (entry.recordingAt === null) beginRecording();
        else beginPush();
      });
    },
  };
}
