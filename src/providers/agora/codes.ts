import { z } from "zod";

import { looseInteger } from "./loose-integer.ts";

export type AgoraOperation =
  "acquire" | "start" | "query" | "update" | "stop" | "channel_users" | "channel_list" | "ncs_ip";

/**
 * What an answer means for the call that got it.
 *
 * - `done`: success
 * - `retry`: the same call may be made again
 * - `reacquire`: only a new resource can be started
 * - `adopt`: a recording that we can take for ours runs already
 * - `capacity`: Agora is full, wait until another recording ends
 * - `final`: trying again cannot help
 * - `not_found`: no worker has this recording: it is gone, or moves to another machine (up to 90 s)
 * - `already_stopped`: the recording is over
 */
export type Disposition =
  "done" | "retry" | "reacquire" | "adopt" | "capacity" | "final" | "not_found" | "already_stopped";

export interface Classified {
  disposition: Disposition;
  /** True when a recorder may run although the start was not answered with success. */
  mayRun: boolean;
}

export type CodeRow = readonly [
  on: readonly AgoraOperation[] | "any",
  status: number | "2xx" | "4xx" | "5xx" | "any",
  code: number | "any",
  disposition: Disposition,
  source: string,
  /** For `start`: the request may have reached a recorder. */
  mayRun?: "may run",
];

const recorder = ["query", "update", "stop"] as const;

const current = "Agora docs: cloud-recording/rest-api/status-codes";
const legacy = "Agora docs before 2026-06: cloud-recording/reference/common-errors";
const stopPage = "Agora docs: cloud-recording/rest-api/stop";
const ours = "not documented, our reading";

/** First match wins. Only 200 is success: 201 and 206 say that something else is the case. */
export const codeTable: readonly CodeRow[] = [
  ["any", 200, "any", "done", current],

  // From the gateway; the body has `message` and no code.
  ["any", 401, "any", "final", `${current}: Invalid authentication credentials`],
  ["any", 403, "any", "final", `${ours}: a service that is not enabled`],
  ["any", 429, "any", "retry", `${current}: API rate limit exceeded`],

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
  ["any", "2xx", "any", "retry", ours, "may run"],
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
  const { code } = errorBody(body);
  const row = codeTable.find((row) => matches(row, operation, status, code));
  if (!row) throw new Error("the last row of the code table must match everything");
  const [, , , disposition, , mayRun] = row;
  return { disposition, mayRun: operation === "start" && mayRun !== undefined };
}

/**
 * What no answer means, or one that cannot be used. An acquire may have made a resource, but nobody will ever know its
 * id, and it costs nothing: take another.
 *
 * @param sent - false if the request certainly never left
 */
export function classifyUnanswered(operation: AgoraOperation, sent: boolean): Classified {
  return { disposition: operation === "acquire" ? "reacquire" : "retry", mayRun: operation === "start" && sent };
}

function matches([on, status, code]: CodeRow, operation: AgoraOperation, itsStatus: number, itsCode: number | null) {
  return (
    (on === "any" || on.includes(operation)) &&
    (status === "any" || status === itsStatus || status === `${Math.floor(itsStatus / 100)}xx`) &&
    (code === "any" || code === itsCode)
  );
}

const errorBodySchema = z.object({
  code: looseInteger,
  reason: z.string().nullable().catch(null),
  message: z.string().nullable().catch(null),
});

/** The gateway answers `{message}`, the service `{code, reason}` (Agora docs: cloud-recording/rest-api/status-codes). */
export function errorBody(body: unknown): { code: number | null; words: string } {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return { code: null, words: "answered without a JSON object" };
  const { code, reason, message } = parsed.data;
  return { code, words: reason ?? message ?? "gave no reason" };
}
