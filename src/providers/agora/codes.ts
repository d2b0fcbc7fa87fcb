import { z } from "zod";

import { looseInteger } from "./loose-integer.ts";

export type AgoraOperation =
  | "acquire"
  | "start"
  | "query"
  | "update"
  | "stop"
  | "channel_users"
  | "channel_list"
  | "ncs_ip"
  | "create_converter"
  | "get_converter"
  | "list_converters"
  | "update_converter"
  | "remove_converter";

/**
 * What an answer means for the call that got it.
 *
 * - `done`: success
 * - `retry`: the same call may be made again
 * - `reacquire`: only a new resource can be started
 * - `adopt`: a recording that we can take for ours runs already
 * - `exists`: a converter of this name exists
 * - `rename`: only a converter of another name can be created
 * - `capacity`: Agora is full, wait until another recording or converter ends
 * - `final`: trying again cannot help
 * - `not_found`: nobody has this recording or converter: it is gone, or moves to another machine (up to 90 s, 120 s)
 * - `already_stopped`: the recording is over
 */
export type Disposition =
  | "done"
  | "retry"
  | "reacquire"
  | "adopt"
  | "exists"
  | "rename"
  | "capacity"
  | "final"
  | "not_found"
  | "already_stopped";

export interface Classified {
  disposition: Disposition;
  /** True when a recorder or converter may run although its start was not answered with success. */
  mayRun: boolean;
}

export type CodeRow = readonly [
  on: readonly AgoraOperation[] | "any",
  status: number | "2xx" | "4xx" | "5xx" | "any",
  /** What the body must say: its code, or words of it, where it has no code that tells. */
  code: number | RegExp | "any",
  disposition: Disposition,
  source: string,
  /** For what starts something: the request may have been carried out. */
  mayRun?: "may run",
];

const recorder = ["query", "update", "stop"] as const;
const otherThanMediaPush = ["acquire", "start", ...recorder, "channel_users", "channel_list", "ncs_ip"] as const;
const ofConverter = ["get_converter", "update_converter", "remove_converter"] as const;
const mediaPush = ["create_converter", "list_converters", ...ofConverter] as const;

const current = "Agora docs: cloud-recording/rest-api/status-codes";
const legacy = "Agora docs before 2026-06: cloud-recording/reference/common-errors";
const stopPage = "Agora docs: cloud-recording/rest-api/stop";
const pushCodes = "Agora docs: media-push/develop/restful-api, status codes";
const pushAdvice = "Agora docs: media-push/develop/integration-best-practices";
const ours = "not documented, our reading";

/** First match wins. Of Cloud Recording only 200 is success: 201 and 206 say that something else is the case. */
export const codeTable: readonly CodeRow[] = [
  ["any", 200, "any", "done", current],
  [mediaPush, "2xx", "any", "done", pushCodes],

  // From the gateway; the body has `message` and no code.
  ["any", 401, "any", "final", `${current}: Invalid authentication credentials`],
  ["any", 403, "any", "final", `${ours}: a service that is not enabled`],
  // One status for three things, told apart by their words alone.
  [
    ["create_converter"],
    429,
    /quota|resource|concurren/i,
    "capacity",
    `${pushCodes}: Resource quota limit exceeded, No available resources`,
  ],
  ["any", 429, "any", "retry", `${current}: API rate limit exceeded`],

  // Media Push, whose bodies have words and no code. Its 5xx are below: retried, as advised.
  [["create_converter"], 409, "any", "exists", `${pushCodes}: a converter of this name exists`],
  // Of a creation: the name's converter is being destroyed, so that only another name is sure to be free.
  [["create_converter"], 404, /destroyed/i, "rename", `${ours}; ${pushAdvice}: after 404s, create a new one`],
  [ofConverter, 404, /no route/i, "final", `${current}: no Route matched with those values, from the gateway`],
  [ofConverter, 404, "any", "not_found", `${pushCodes}: Resource is not found and destroyed`],

  // From the service, current list.
  ["any", "any", 2, "final", `${current}: invalid parameter`],
  [["acquire"], 400, 400, "final", `${current}: invalid_appid`],
  [["acquire"], 400, 401, "final", `${current}: invalid_channel_name`],
  [["acquire"], 400, 405, "final", `${current}: no_active_status`],
  // Documented for acquire. On start, giving up would be the wrong answer to a full house.
  [["acquire", "start"], 400, 406, "capacity", `${current}: vendor_over_load`],
  [["acquire"], 500, 500, "retry", `${current}: internal_error`],
  [["acquire"], 500, 501, "retry", `${current}: no_worker_manager_available`],
  [["acquire"], 500, 504, "retry", `${current}: allocate_timeout`],
  [["start"], "any", 7, "adopt", `${current}: 201, already started`],
  [["start"], "any", 53, "adopt", `${current}: 400, task conflict`],
  ["any", "any", 65, "retry", `${current}: request not completed`, "may run"],
  [["start"], 500, 502, "reacquire", `${current}: Failed to allocate worker`],
  [["start"], "any", 62, "retry", `${current}: request timeout`, "may run"],
  [recorder, "any", 62, "retry", `${current}: 504, request timeout`],
  [recorder, 404, 404, "not_found", `${current}: failed to find worker`],
  [["stop"], "any", 435, "already_stopped", `${current}: 206, no recorded data`],
  [["stop"], "any", 49, "already_stopped", `${current}: 400, invalid operation`],
  [["stop"], "any", 50, "retry", `${stopPage}: upload timeout`],

  // Older lists, and codes that others have met. May still be returned.
  ["any", "any", 8, "final", `${legacy}: wrong header, URL, method or JSON`],
  // Not for a 5xx, where it can only be the timeout of the current list.
  [["acquire"], "4xx", 62, "final", `${legacy}: service not enabled`],
  ["any", "any", 109, "final", `${legacy}: token expired`],
  ["any", "any", 110, "final", `${legacy}: token wrong`],
  ["any", "any", 432, "final", `${legacy}: not what the resource was acquired for`],
  [["start"], "any", 433, "reacquire", `${legacy}: resource expired (5 minutes)`],
  [recorder, "any", 433, "final", `${legacy}: resource expired`],
  // Documented for a query after a stop. Code 501 of a 5xx is another (no_worker_manager_available).
  [["query"], "4xx", 501, "already_stopped", `${legacy}: service exiting`],
  [["query"], "2xx", 501, "already_stopped", `${legacy}: service exiting`],
  [["start"], "any", 1001, "reacquire", `${legacy}: resource id unreadable`],
  [recorder, "any", 1001, "final", `${legacy}: resource id unreadable`],
  ["any", "any", 1003, "final", `${legacy}: app or recording is not the resource's`],
  ["any", "any", 1013, "final", `${legacy}: bad channel name`],
  [["update"], "any", 1028, "final", `${legacy}: bad body of an update`],
  [["start"], 500, 15, "retry", "Agora-Flutter-SDK issue 759", "may run"],

  // Everything else, by status. A gateway's timeout says nothing about what the service did.
  ["any", 408, "any", "retry", ours, "may run"],
  ["any", 425, "any", "retry", ours],
  [otherThanMediaPush, "2xx", "any", "retry", ours, "may run"],
  ["any", "5xx", "any", "retry", ours, "may run"],
  // 400 `appid is invalid`, 404 `no Route matched with those values`, redirects.
  ["any", "any", "any", "final", `${current}, for these; else ${ours}`],
];

/**
 * What an answer of Agora means.
 *
 * @param status - the HTTP status
 * @param body - the parsed body, undefined if it was no JSON
 */
export function classify(operation: AgoraOperation, status: number, body: unknown): Classified {
  const said = errorBody(body);
  const row = codeTable.find((row) => matches(row, operation, status, said));
  if (!row) throw new Error("the last row of the code table must match everything");
  const [, , , disposition, , mayRun] = row;
  return { disposition, mayRun: startsSomething(operation) && mayRun !== undefined };
}

/**
 * What no answer means, or one that cannot be used. An acquire may have made a resource, but nobody will ever know its
 * id, and it costs nothing: take another.
 *
 * @param sent - false if the request certainly never left
 */
export function classifyUnanswered(operation: AgoraOperation, sent: boolean): Classified {
  return { disposition: operation === "acquire" ? "reacquire" : "retry", mayRun: startsSomething(operation) && sent };
}

/** Whether the operation, once carried out, leaves something running that costs money. */
export function startsSomething(operation: AgoraOperation): boolean {
  return operation === "start" || operation === "create_converter";
}

function matches([on, status, code]: CodeRow, operation: AgoraOperation, itsStatus: number, said: ErrorBody): boolean {
  return (
    (on === "any" || on.includes(operation)) &&
    (status === "any" || status === itsStatus || status === `${Math.floor(itsStatus / 100)}xx`) &&
    (code === "any" || (code instanceof RegExp ? code.test(said.words) : code === said.code))
  );
}

/** The words of a refusal, with what to do about it where Agora's own don't say. */
export function explain(operation: AgoraOperation, status: number, words: string): string {
  if (status !== 403 || !operation.includes("converter")) return words;
  return `${words} (Media Push is not enabled: in Agora's Console switch on "Server Side RESTful API" of this project)`;
}

const errorBodySchema = z.object({
  code: looseInteger,
  reason: z.string().nullable().catch(null),
  message: z.string().nullable().catch(null),
});

interface ErrorBody {
  code: number | null;
  words: string;
}

/**
 * The gateway answers `{message}`, the service `{code, reason}` (Agora docs: cloud-recording/rest-api/status-codes);
 * Media Push either of them, without a code.
 */
export function errorBody(body: unknown): ErrorBody {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return { code: null, words: "answered without a JSON object" };
  const { code, reason, message } = parsed.data;
  return { code, words: reason ?? message ?? "gave no reason" };
}
