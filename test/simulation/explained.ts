import type { Act, Operation, Plan, Trouble, Ways } from "./plan.ts";

/** Acts that may cost a recorder or its picture. One that moves is waited for, unless the worker left behind says it ended. */
function isCostly({ kind }: Act, { oldWorkerReports }: Ways): boolean {
  if (kind === "recorder_moves") return oldWorkerReports;
  return ["recorder_dies", "push_drops", "ingest_errs", "live_input_deleted"].includes(kind);
}

/**
 * How many recorders the evening explains. One that was started without anybody hearing of it is found again and kept:
 * it is no reason for another. A second try that fails as well is, as Agora advises.
 */
export function explainedRecorders({ ways, script, trouble }: Plan, sessions: number): number {
  const lost = script.filter((act) => isCostly(act, ways)).length;
  const untold = trouble.filter(mayHideThePicture).length;
  const starts = trouble.filter((each) => each.kind === "call" && startingCalls.has(each.operation)).length;
  const twins = trouble.filter(mayMakeTwin).length;
  // A converter ends by itself when nobody came for long, and a start that is asked for again waits on.
  const waits = script.filter((act) => act.kind === "operator" && act.what === "StartRequested").length;
  const idle = ways.mode === "media-push" || script.some(({ kind }) => kind === "mode") ? Math.max(0, waits - 1) : 0;
  return sessions + lost + untold + twins + idle + Math.max(0, starts - 1);
}

const startingCalls: ReadonlySet<Operation> = new Set(["start", "createConverter", "findConverter"]);

/** A create that is carried out when the converter of the next one with its name is gone again. */
function mayMakeTwin(trouble: Trouble): boolean {
  return trouble.kind === "call" && trouble.operation === "createConverter" && trouble.trouble.how === "late";
}

/** Without these words a picture is taken for missing, asked about, and in the end replaced. */
function mayHideThePicture(trouble: Trouble): boolean {
  switch (trouble.kind) {
    case "silence":
      return true;
    case "call":
      return ["query", "update", "getConverter", "updateConverter", "getLiveInput"].includes(trouble.operation);
    case "webhook":
      return ["rtmp", "connected", "disconnected", "stopped", "moved"].includes(trouble.type);
    case "death":
      return false;
  }
}

/** Whether hosts' coming and going is told as it was, and nobody else has a say in sessions. */
export function isPresenceTold({ script, trouble }: Plan): boolean {
  const acts = script.every(({ kind }) => kind !== "operator" && kind !== "outage");
  return acts && trouble.every((each) => each.kind === "call" && each.operation !== "users");
}

/** Whether Cloudflare's word comes as it was given. */
export function isIngestTold({ trouble }: Plan): boolean {
  return trouble.every(
    (each) =>
      each.kind === "call" ||
      (each.kind === "webhook" && each.type !== "connected" && each.type !== "disconnected" && each.type !== "errored"),
  );
}
