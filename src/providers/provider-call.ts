import { performance } from "node:perf_hooks";

import type { Logger } from "../log.ts";
import { type CallError, callError } from "./call-error.ts";
import { type Answer, createProviderHttp, type HttpRequest, type HttpSettings } from "./provider-http.ts";
import type { Provider, Slot, Slots } from "./slots.ts";

/** What a caller may add to any call. */
export interface CallOptions {
  /** A slot reserved before; without it, the call takes its own. */
  slot?: Slot | undefined;
  /** Ids for the log line: channel, effect, attempt. */
  context?: Readonly<Record<string, string | number | null>> | undefined;
}

export interface ProviderDeps {
  slots: Slots;
  log: Logger;
  /** Our clock, milliseconds since 1970. */
  now?: (() => number) | undefined;
}

export interface ProviderSettings extends HttpSettings {
  provider: Provider;
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
 */
export type Judge<R extends Result> = (
  answer: Answer,
  errorOf: (code: number | string | null, words: string) => CallError,
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
 * `provider.called`, and hold everybody back if the provider asked for it.
 *
 * Throws nothing for what provider or network do. What the slots throw passes through: before the call, so that a
 * process without a lease makes none.
 */
export function createProviderCall(settings: ProviderSettings, deps: ProviderDeps): ProviderCall {
  const { provider } = settings;
  const { slots, log, now = Date.now } = deps;
  const http = createProviderHttp(settings, now);

  async function call<R extends Result>(request: ProviderRequest, options: CallOptions, judge: Judge<R>): Promise<R> {
    const [slot] = options.slot ? [options.slot] : await slots.reserve(provider, 1);
    if (!slot) throw new Error(`slots.reserve("${provider}", 1) gave no slot`);
    await slot.ready();

    const startedAt = performance.now();
    const answer = withPause(await http.exchange(request));
    const ms = Math.round(performance.now() - startedAt);

    const status = answer.answered ? answer.status : null;
    const { operation, secrets = [] } = request;
    const { outcome, result } = judge(answer, (code, words) =>
      callError({ provider, operation, status, code, message: words }, [...settings.secrets, ...secrets]),
    );

    const line = { ...options.context, provider, operation, ...place(request), status, ms, outcome };
    if (result.ok) log.info(line, "provider.called");
    else log.warn({ ...line, code: result.error.code, error: result.error.message }, "provider.called");

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

  return { call, reserve: (count) => slots.reserve(provider, count), close: () => http.close() };
}

function withPause(answer: Answer): Answer {
  if (!answer.answered || answer.status !== 429) return answer;
  return { ...answer, retryAfterMs: answer.retryAfterMs ?? pauseWithoutRetryAfterMs };
}

/** Where the call went, with ids shortened: enough to find a resource by, too little to use it. */
function place({ method, path }: HttpRequest): { method: string; path: string } {
  const short = path.map((segment) => (segment.length > 16 ? `${segment.slice(0, 8)}…` : segment));
  return { method, path: `/${short.join("/")}` };
}
