import type { CallError } from "../call-error.ts";
import type { AgoraRefusal } from "./transport.ts";

/** Any failure carries the provider's pause, if it asked for one. */
export interface Refused {
  ok: false;
  retryAfterMs: number | null;
  error: CallError;
}

export type UpdateResult = { ok: true } | Refused;

/** A refusal without what only its operation's own result tells. */
export function refused({ ok, retryAfterMs, error }: AgoraRefusal): Refused {
  return { ok, retryAfterMs, error };
}
