import { z } from "zod";

import type { RecorderEnded, RtmpStatus } from "../../live/index.ts";
import { describeType } from "../event-types.ts";
import { anything, isObject, looseNumber, looseUid, optionalNumber, optionalObject, optionalText } from "../fields.ts";
import { event, ignored, type Interpretation, read, unrecognised } from "../interpretation.ts";
import { isHealthCheck } from "./health-check.ts";

/** What a Cloud Recording event means. Agora docs: event-types/cloud-recording. */
export function interpretRecording(eventType: number, payload: unknown): Interpretation {
  const { cname, uid } = subject.parse(payload);
  if (isHealthCheck(cname, uid)) return ignored("health check");
  return read(recording, payload, (recording) => interpretDetails(eventType, recording));
}

const subject = optionalObject({ cname: anything, uid: anything });

const recording = z.looseObject({
  uid: looseUid,
  sid: z.string().min(1),
  sequence: looseNumber,
  sendts: looseNumber,
  details: optionalObject({
    code: optionalNumber,
    message: optionalText,
    exitStatus: optionalNumber,
    newUid: looseUid.nullable().catch(null),
    module: optionalNumber,
    errorLevel: optionalNumber,
    errorCode: optionalNumber,
    errorMsg: optionalText,
    limitType: optionalText,
    status: anything,
    fileList: anything,
    fileName: optionalText,
  }),
});

function interpretDetails(eventType: number, { uid, sid, sequence, sendts, details }: z.infer<typeof recording>) {
  const common = { uid, recordingSid: sid, sequence, sentAt: sendts };
  const ended = (cause: RecorderEnded["cause"], code: number | null, message: string) =>
    event({ type: "RecorderEnded", ...common, cause, code, message, files: filesOf(details.fileList) });
  const seen = (telling: string, files: string[]) => {
    const what = describeType(`recording.${eventType}`) + inBrackets(telling, details[telling]);
    const isRunning = onlyWhileRunning.has(eventType);
    return event({ type: "RecorderSeen", ...common, what, isRunning, files });
  };

  switch (eventType) {
    case 40: // in the channel modes
    case 70: // in web-page mode
      return event({ type: "RecorderStarted", ...common });
    case 71:
      return ended("stopped", details.code, details.message);
    case 11:
      return ended("exited", details.exitStatus, details.exitStatus === 0 ? "normal exit" : "abnormal exit");
    case 31:
      return ended("uploaded", null, "files uploaded");
    case 32:
      return event({
        type: "RecorderEnded",
        ...common,
        cause: "uploaded",
        code: null,
        message: "files uploaded, some to Agora's backup",
        files: filesOf(details.fileList),
        backup: true,
      });
    case 72:
      return ended("capability_limit", null, details.limitType);
    case 100: {
      const status = rtmpStatus.safeParse(details.status);
      if (!status.success) return unrecognised(`no push status that Tally knows: ${JSON.stringify(details.status)}`);
      return event({ type: "RtmpStatusChanged", ...common, status: status.data });
    }
    case 12:
      if (details.newUid === null) return unrecognised("payload.details.newUid: missing or no uid");
      return event({ type: "RecorderFailedOver", ...common, newUid: details.newUid });
    case 1:
      return event({
        type: "RecorderErrored",
        ...common,
        // An error of unknown gravity is worth the question that a fatal one leads to.
        level: details.errorLevel ?? fatal,
        code: details.errorCode,
        message: wordsOf(details),
      });
    case 45:
      return seen("", filesOf(details.fileName));
    default: {
      const telling = signsOfLife.get(eventType);
      if (telling === undefined) return unrecognised(`no recording event that Tally knows: ${eventType}`);
      return seen(telling, filesOf(details.fileList));
    }
  }
}

/** Whose error it is, and what it means where Agora only gives its code. */
function wordsOf({ module, errorCode, errorMsg }: z.infer<typeof recording>["details"]): string {
  const whose = module === null ? undefined : modules.get(module);
  const what = errorMsg === "" && module === uploader ? (uploadErrors.get(errorCode ?? 0) ?? "") : errorMsg;
  return [whose ?? [], what === "" ? [] : what].flat().join(": ");
}

const uploader = 1;
const modules = new Map([
  [0, "recorder"],
  [uploader, "uploader"],
  [2, "service"],
  [6, "page recorder"],
]);
const uploadErrors = new Map([
  [32, "the settings of the storage are wrong"],
  [47, "a file could not be uploaded"],
  [51, "a file could not be processed"],
]);

/** `errorLevel` goes from 1 (debug) to 5. */
const fatal = 5;

/** Documented as a number, with the values of a text. */
const rtmpStatus = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["connecting", "publishing", "onhold", "disconnected"] satisfies RtmpStatus[]));

/** Events that only show that the recorder lives, each with the field of `details` that says most to a person. */
const signsOfLife = new Map<number, string>([
  [2, "warnCode"],
  [3, "status"],
  [4, ""],
  // Named in Agora's best practices ("High availability register success"), in no table of events.
  [13, ""],
  [30, ""],
  [33, "progress"],
  [41, "leaveCode"],
  [42, "trackType"],
  [43, "state"],
  [44, "state"],
  [60, ""],
  [61, ""],
  [73, "reason"],
  [80, ""],
  [81, "result"],
  [90, "fileName"],
  [1001, "result"],
]);

/** Upload started and in progress, slices, what comes from the channel, a reload of the page. */
const onlyWhileRunning: ReadonlySet<number> = new Set([30, 33, 42, 43, 44, 73]);

function inBrackets(name: string, value: unknown): string {
  return (typeof value === "string" && value !== "") || typeof value === "number" ? ` (${name} ${value})` : "";
}

/** A file list is one name, or objects with `fileName` in the docs' tables and `filename` in one of their samples. */
function filesOf(list: unknown): string[] {
  const items: unknown[] = Array.isArray(list) ? list : [list];
  return items
    .map((item) => (isObject(item) ? (item.fileName ?? item.filename) : item))
    .filter((name): name is string => typeof name === "string" && name !== "");
}
