import type { Clocks } from "./clocks.ts";
import type { Ncs } from "./ncs.ts";
import type { PushStatus } from "./push.ts";
import type { RecorderEntry } from "./record.ts";

export interface RecordedFile {
  filename: string;
  sliceStartTime: number;
}

/** What Agora tells of one recording in web mode (Agora docs, NCS: Cloud Recording events; product 3). */
export interface RecorderNotices {
  /** 70 and 30. */
  recording(): void;
  /** 100. */
  pushChanged(rtmpUrl: string, status: PushStatus): void;
  /** 71. @param code - 0 for a stop that was asked for */
  stopped(code: number, message: string, fileList: RecordedFile[]): void;
  /** 31, in web mode without files. */
  uploaded(): void;
  /** 11. @param exitStatus - 0 normal, 1 abnormal */
  exited(exitStatus: 0 | 1): void;
  /** 12, the last one of the old uid. What follows counts from 0 again: a new process, though undocumented. */
  failedOver(newUid: number): void;
}

/** Agora docs: who speaks. */
const service = { cloudRecording: 0, uploader: 2, webRecorder: 6 } as const;

/** @param entry - read at every notice: a failover changes the uid */
export function createRecorderNotices(
  { ncs, clocks }: { ncs: Ncs; clocks: Clocks },
  entry: RecorderEntry,
): RecorderNotices {
  let sequence = 0;

  function notify(eventType: number, serviceType: number, details: { msgName: string }): void {
    const { cname, liveUid, sid } = entry;
    const payload = { cname, uid: String(liveUid), sid, sequence, sendts: clocks.agora(), serviceType, details };
    sequence += 1;
    ncs.notify(3, eventType, cname, payload);
  }

  return {
    recording() {
      const started = {
        msgName: "web_recorder_started",
        recorderStartTime: clocks.agora(entry.recordingAt ?? undefined),
      };
      notify(70, service.webRecorder, started);
      const uploader = { msgName: "uploader_started", status: 0 };
      notify(30, service.uploader, uploader);
    },
    pushChanged(rtmpUrl, status) {
      const details = { msgName: "rtmp_publish_status", rtmpUrl, status };
      notify(100, service.webRecorder, details);
    },
    stopped(code, message, fileList) {
      const details = { msgName: "web_recorder_stopped", code, message, details: "", fileList };
      notify(71, service.webRecorder, details);
    },
    uploaded() {
      const details = { msgName: "uploaded", status: 0 };
      notify(31, service.uploader, details);
    },
    exited(exitStatus) {
      const details = { msgName: "session_exit", exitStatus };
      notify(11, service.cloudRecording, details);
    },
    failedOver(newUid) {
      const details = { msgName: "session_failover", newUid };
      notify(12, service.cloudRecording, details);
      sequence = 0;
    },
  };
}
