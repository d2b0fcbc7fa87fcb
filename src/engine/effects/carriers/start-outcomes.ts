import type { Outcome, RelayStartFailed } from "../../../live/index.ts";
import type { Performance } from "../performance.ts";
import type { StartScene } from "./carrier.ts";

type Refusal = Pick<RelayStartFailed, "disposition" | "mayRun" | "retryAfterMs" | "error">;

export function started(resourceId: string, recordingSid: string, until: { storageUntil?: number } = {}): Performance {
  return { outcomes: [{ type: "RecorderStartAccepted", resourceId, recordingSid, ...until }], error: null };
}

/** What failed before anything of a start was sent. */
export function refusedBefore({
  final,
  retryAfterMs,
  error,
}: Pick<Refusal, "retryAfterMs" | "error"> & { final: boolean }): Refusal {
  return { disposition: final ? "final" : "retry", mayRun: false, retryAfterMs, error };
}

/** @param of.which - `this_resource`: it was started before. `same_uid`: another with this uid runs */
export function alreadyRunning(
  { effect }: StartScene,
  resourceId: string,
  of: { which: "this_resource" | "same_uid"; recordingSid: string | null },
): Performance {
  const { session, attempt, uid } = effect;
  const outcome = { type: "RecorderAlreadyRunning" as const, session, attempt, uid, resourceId, ...of };
  return { outcomes: [outcome], error: null };
}

/** @param before - what else came of it, to be told first */
export function notStarted(
  { effect }: StartScene,
  resourceId: string | null,
  { disposition, mayRun, retryAfterMs, error }: Refusal,
  before: Outcome[] = [],
): Performance {
  const { session, attempt, uid } = effect;
  const outcome = {
    type: "RelayStartFailed" as const,
    session,
    attempt,
    uid,
    resourceId,
    disposition,
    mayRun,
    retryAfterMs,
    error,
  };
  return { outcomes: [...before, outcome], error };
}

/** Of a start that is sent again: whatever it is answered, the one before may have been carried out. */
export function doubtful({ outcomes, error }: Performance): Performance {
  return {
    outcomes: outcomes.map((told) =>
      told.type === "RelayStartFailed" || told.type === "RecorderAlreadyRunning" ? { ...told, mayRun: true } : told,
    ),
    error,
  };
}
