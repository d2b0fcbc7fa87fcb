import { randomUUID } from "node:crypto";

import type { Logger } from "../log.ts";
import type { Attempt } from "./attempts.ts";
import { beginCallSpan, endCallSpan } from "./call-span.ts";
import { keptBody } from "./kept-body.ts";
import type { CallContext } from "./provider-call.ts";
import type { Provider } from "./slots.ts";

/** One call of a provider, as it is told to whoever observes them. Nothing in it is a secret. */
export interface CallRecord {
  /** A UUID of ours: the same at the call's beginning and at its end. */
  id: string;
  /** When it began: milliseconds since 1970, this process's clock. */
  at: number;
  context: CallContext;
  /** `storage`: who gives leave to write recordings. */
  provider: Provider | "storage";
  operation: string;
  method: string;
  /** Ids in it are shortened. */
  path: string;
  /** The body, redacted and cut; null if there is none, or it isn't told. */
  request: unknown;
  /** Null while it is under way, and for good if the process was killed then. */
  ended: CallEnd | null;
}

export interface CallEnd {
  /** Slots not included. */
  ms: number;
  /** Where the last attempt went. */
  host: string | null;
  /** HTTP status, or null when no answer came. */
  status: number | null;
  /** The provider's own code, if it gave one. */
  code: number | string | null;
  /** What it meant: `done`, or as what kind of refusal it counts. */
  outcome: string;
  /** In words; null if all went well. */
  error: string | null;
  /** By which the provider's support finds it. */
  requestId: string | null;
  /** Each exchange, if there were several. */
  attempts: readonly Attempt[];
  /** What time it was at the provider when it answered: milliseconds since 1970, whole seconds; null: unknown. */
  clock: number | null;
  /** The answer's body, redacted and cut; null if there was none, or it isn't told. */
  response: unknown;
}

/**
 * Told of every call twice: when it leaves, with `ended` null, and when it is over. Called on the way of the call, so it
 * must only note what it is told.
 */
export type OnCall = (call: CallRecord) => void;

export interface ObserverDeps {
  log: Logger;
  onCall?: OnCall | undefined;
  /** Our clock, milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/** What is known of a call when it leaves; `body` as it is sent. */
type Begun = Omit<CallRecord, "id" | "at" | "request" | "ended"> & { body?: unknown };
/** `body` as it was answered. */
type Ended = Omit<CallEnd, "response"> & { body?: unknown };

/**
 * Tells the observer that a call leaves, and begins its span. Whatever goes wrong with that has no say in what becomes
 * of the call.
 *
 * @param secrets - texts that are to be in no record
 * @returns to be called once, with its end
 */
export function beginCall(
  { onCall, log, now = Date.now }: ObserverDeps,
  { body, ...call }: Begun,
  secrets: readonly string[] = [],
): (end: Ended) => void {
  const begun = { id: randomUUID(), at: now(), ...call };
  const span = beginCallSpan(begun);
  const tell = (ended: () => CallEnd | null) => {
    try {
      if (onCall === undefined) return;
      onCall({ ...begun, request: keptBody(body, secrets), ended: ended() });
    } catch (error) {
      log.error({ err: error, operation: call.operation }, "provider.observer_failed");
    }
  };
  tell(() => null);
  return ({ body: answered, ...end }) => {
    tell(() => ({ ...end, response: keptBody(answered, secrets) }));
    endCallSpan(span, end);
  };
}
