import type { z } from "zod";

import { type CallError, unexpectedBody } from "../call-error.ts";
import type { Hosts } from "../failover.ts";
import {
  type CallOptions,
  createProviderCall,
  type ProviderCall,
  type ProviderDeps,
  type ProviderRequest,
} from "../provider-call.ts";
import {
  type AgoraOperation,
  type Classified,
  classify,
  classifyUnanswered,
  errorBody,
  explain,
  startsSomething,
} from "./codes.ts";

export interface AgoraSettings {
  /** See `agoraHosts`. */
  hosts: Hosts;
  customerId: string;
  customerSecret: string;
  /** Milliseconds for one attempt of a call, body included; default 8000. */
  timeoutMs?: number | undefined;
}

export interface AgoraRequest<T> extends ProviderRequest {
  operation: AgoraOperation;
  /** What the body of a success must be. */
  expects: z.ZodType<T>;
}

export type AgoraAnswer<T> = { ok: true; body: T } | AgoraRefusal;

export interface AgoraRefusal extends Classified {
  ok: false;
  retryAfterMs: number | null;
  error: CallError;
  /** The parsed body, for what a refusal may still tell. */
  body: unknown;
}

export interface AgoraTransport extends Pick<ProviderCall, "reserve" | "close"> {
  /**
   * Makes one call, and again elsewhere only if a host gives no answer. Success with the expected body is success;
   * everything else is classed by the code table. A success that cannot be read counts as no answer: it may have done
   * what was asked.
   *
   * @throws only what the slots throw (then no call was made), or for a bug
   */
  call<T>(request: AgoraRequest<T>, options?: CallOptions): Promise<AgoraAnswer<T>>;
}

/**
 * The one way to Agora's REST API: Basic authentication, JSON, the provider's rate, the failure policy.
 *
 * Sources: Agora docs, cloud-recording/rest-api (authentication, headers) and status-codes.
 */
export function createAgoraTransport(settings: AgoraSettings, deps: ProviderDeps): AgoraTransport {
  const { hosts, customerId, customerSecret, timeoutMs } = settings;
  const credential = Buffer.from(`${customerId}:${customerSecret}`).toString("base64");
  const provider = createProviderCall(
    {
      provider: "agora",
      hosts,
      headers: { authorization: `Basic ${credential}`, "content-type": "application/json;charset=utf-8" },
      secrets: [credential, customerSecret],
      timeoutMs,
    },
    deps,
  );

  function call<T>(request: AgoraRequest<T>, options: CallOptions = {}): Promise<AgoraAnswer<T>> {
    const { operation, expects } = request;
    return provider.call<AgoraAnswer<T>>(request, options, (answer, errorOf, earlierSent) => {
      const body = answer.answered ? answer.body : undefined;
      const retryAfterMs = answer.answered ? answer.retryAfterMs : null;
      const refusal = ({ disposition, mayRun: byThis }: Classified, error: CallError) => {
        // Whatever the last attempt was answered, one before it may have been carried out.
        const mayRun = byThis || (earlierSent && startsSomething(operation));
        return { outcome: disposition, result: { ok: false as const, disposition, mayRun, retryAfterMs, error, body } };
      };

      if (!answer.answered) return refusal(classifyUnanswered(operation, answer.sent), errorOf(null, answer.words));

      const classified = classify(operation, answer.status, body);
      if (classified.disposition !== "done") {
        const { code, words } = errorBody(body);
        return refusal(classified, errorOf(code, explain(operation, answer.status, words)));
      }

      const parsed = expects.safeParse(body);
      if (parsed.success) return { outcome: "done", result: { ok: true, body: parsed.data } };
      return refusal(classifyUnanswered(operation, true), errorOf(null, unexpectedBody(parsed.error)));
    });
  }

  return { call, reserve: (count) => provider.reserve(count), close: () => provider.close() };
}
