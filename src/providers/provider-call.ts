import { performance } from "node:perf_hooks";

import { createAttempts } from "./attempts.ts";
import { type CallError, callError } from "./call-error.ts";
import { beginCall, type ObserverDeps } from "./call-record.ts";
import type { Hosts } from "./failover.ts";
import type { Answer, AnswerIds, HttpRequest, HttpSettings } from "./provider-http.ts";
import type { Provider, Slot, Slots } from "./slots.ts";

/** Ids for the log line and the record: channel, effect, attempt. */
export type CallContext = Readonly<Record<string, string | number | null>>;

/** What a caller may add to any call. */
export interface CallOptions {
  /** A slot reserved before; without it, the call takes its own, as every further attempt of it does. */
  slot?: Slot | undefined;
  context?: CallContext | undefined;
}

export interface ProviderDeps extends ObserverDeps {
  slots: Slots;
  /** Waits that long, between two attempts of one call; a timer by default. */
  wait?: ((ms: number) => Promise<unknown>) | undefined;
}

export interface ProviderSettings extends Omit<HttpSettings, "baseUrl"> {
  provider: Provider;
  hosts: Hosts;
  /** Credentials of this client, for redaction. */
  secrets: readonly string[];
}

export interface ProviderRequest extends HttpRequest {
  operation: string;
  /** Secrets in this request's body, for redaction. */
  secrets?: readonly string[] | undefined;
}

export type Result = { ok: true } | { ok: false; error: CallError };

/**
 * Says what an answer means.
 *
 * @param errorOf - makes the error of a refusal, from the provider's code and words; both are redacted
 * @param earlierSent - an attempt before this answer may have reached the provider, and been carried out
 */
export type Judge<R extends Result> = (
  answer: Answer,
  errorOf: (code: number | string | null, words: string) => CallError,
  earlierSent: boolean,
) => { outcome: string; result: R };

export interface ProviderCall {
  call<R extends Result>(request: ProviderRequest, options: CallOptions, judge: Judge<R>): Promise<R>;
  /** Takes slots for calls that keep their place together, in the order in which they will be made. */
  reserve(count: number): Promise<Slot[]>;
  close(): void;
}

/** A limit counted per second is clear after one; Agora documents no `Retry-After` with its 429. */
const pauseWithoutRetryAfterMs = 1_000;

/**
 * The part of a call that is the same for both providers: take a slot, exchange, judge, write the one log line
 * `provider.called`, tell the observer, and hold everybody back if the provider asked for it. If a host gives no answer,
 * the call is made at the next one, if there is one: `attempts.ts`.
 *
 * Throws nothing for what provider or network do. What the slots throw passes through: before the call, so that a
 * process without a lease makes none.
 */
export function createProviderCall(settings: ProviderSettings, deps: ProviderDeps): ProviderCall {
  const { provider } = settings;
  const { slots, log } = deps;
  const attempts = createAttempts(settings, deps);

  async function call<R extends Result>(request: ProviderRequest, options: CallOptions, judge: Judge<R>): Promise<R> {
    const slot = options.slot ?? (await attempts.takeSlot());
    await slot.ready();

    const { operation } = request;
    const secrets = [...settings.secrets, ...(request.secrets ?? [])];
    const call = { context: options.context ?? {}, provider, operation, ...addressOf(request) };
    const end = beginCall(deps, { ...call, body: request.body }, secrets);
    const startedAt = performance.now();
    const { answer: last, made, earlierSent } = await attempts.make(request);
    const answer = withPause(last);
    const ms = Math.round(performance.now() - startedAt);

    const status = answer.answered ? answer.status : null;
    const { outcome, result } = judge(
      answer,
      (code, words) => callError({ provider, operation, status, code, message: words }, secrets),
      earlierSent,
    );

    const ids = idsOf(request, answer);
    const host = made.at(-1)?.host ?? null;
    const { context, ...where } = call;
    const several = made.length > 1 ? { attempts: made } : {};
    const told = { ...context, ...where, host, ...several, ...ids, status, ms, outcome };
    const { code, message } = result.ok ? { code: null, message: null } : result.error;
    if (result.ok) log.info(told, "provider.called");
    else log.warn({ ...told, code, error: message }, "provider.called");
    const { requestId = null } = ids;
    const { attempts: exchanges = [] } = several;
    const body = answer.answered ? answer.body : undefined;
    const clock = answer.answered ? answer.clock : null;
    end({ ms, host, status, code, outcome, error: message, requestId, attempts: exchanges, clock, body });

    await holdBack(answer);
    return result;
  }

  /** The answer is in hand: that the pause could not be recorded must not lose it. */
  async function holdBack(answer: Answer): Promise<void> {
    if (!answer.answered || answer.retryAfterMs === null) return;
    if (answer.status !== 429 && answer.status !== 503) return;
    try {
      await slots.holdBack(provider, answer.retryAfterMs);
    } catch (error) {
      log.warn({ err: error, provider, ms: answer.retryAfterMs }, "provider.hold_back_failed");
    }
  }

  return { call, reserve: (count) => slots.reserve(provider, count), close: () => attempts.close() };
}

function withPause(answer: Answer): Answer {
  if (!answer.answered || answer.status !== 429) return answer;
  return { ...answer, retryAfterMs: answer.retryAfterMs ?? pauseWithoutRetryAfterMs };
}

/** Where the call goes, with ids shortened: enough to find a resource by, too little to use it. */
function addressOf({ method, path }: HttpRequest): { method: string; path: string } {
  const short = path.map((segment) => (segment.length > 16 ? `${segment.slice(0, 8)}…` : segment));
  return { method, path: `/${short.join("/")}` };
}

/** The provider's support asks for them. One that we gave holds even if the answer doesn't repeat it. */
function idsOf({ requestId }: HttpRequest, answer: Answer): AnswerIds {
  return { ...(requestId === undefined ? {} : { requestId }), ...(answer.answered ? answer.ids : {}) };
}
