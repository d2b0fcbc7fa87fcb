import { z } from "zod";

import { type CallError, unexpectedBody } from "../call-error.ts";
import {
  type CallOptions,
  createProviderCall,
  type ProviderCall,
  type ProviderDeps,
  type ProviderRequest,
} from "../provider-call.ts";

export interface CloudflareSettings {
  /** `CLOUDFLARE_API_URL`, with its `/client/v4`. */
  apiUrl: string;
  accountId: string;
  /** Needs the permission Stream: Edit; to set up notifications, Notifications: Edit too. */
  apiToken: string;
  /** Milliseconds for one call, body included; default 8000. */
  timeoutMs?: number | undefined;
}

export interface CloudflareRequest<T> extends ProviderRequest {
  /** Segments below `area`. */
  path: readonly string[];
  /** Below what the path is: `/accounts/{account}/stream` by default, `/accounts/{account}`, or the API's root. */
  area?: "stream" | "account" | "api";
  /** What `result` must be. */
  expects: z.ZodType<T>;
  /** A success may have no body at all: `result` is undefined then. */
  mayBeEmpty?: boolean;
}

export type CloudflareAnswer<T> = { ok: true; result: T } | CloudflareRefusal;

/** A call that did not succeed. Neither `final` nor `notFound` means that it may be made again. */
export interface CloudflareRefusal {
  ok: false;
  /** Trying again cannot help: bad token, no subscription, bad value. */
  final: boolean;
  /** There is no such thing. */
  notFound: boolean;
  retryAfterMs: number | null;
  error: CallError;
}

export interface CloudflareTransport extends Pick<ProviderCall, "close"> {
  /**
   * Makes one call, once, and unwraps the envelope. 429, 5xx, 408 and silence may be tried again; other refusals are
   * final.
   *
   * @throws only what the slots throw (then no call was made), or for a bug
   */
  call<T>(request: CloudflareRequest<T>, options?: CallOptions): Promise<CloudflareAnswer<T>>;
}

/** The list of 10,000 live inputs is about 3 MB. */
const maxBytes = 8 * 1024 * 1024;

/** An unknown or deleted live input; other 404s say that the address is wrong. Measured on a real account. */
const notFoundCode = 10003;

/**
 * The one way to Cloudflare's REST API: bearer token, envelope, the provider's rate, the failure policy.
 *
 * Source: Cloudflare docs, API reference (envelope) and fundamentals/api/reference/limits.
 */
export function createCloudflareTransport(settings: CloudflareSettings, deps: ProviderDeps): CloudflareTransport {
  const { apiUrl, accountId, apiToken, timeoutMs } = settings;
  const provider = createProviderCall(
    {
      provider: "cloudflare",
      hosts: [[apiUrl]],
      headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
      secrets: [apiToken],
      timeoutMs,
      maxBytes,
    },
    deps,
  );

  const account = ["accounts", accountId];
  const areas = { stream: [...account, "stream"], account, api: [] };

  function call<T>(request: CloudflareRequest<T>, options: CallOptions = {}): Promise<CloudflareAnswer<T>> {
    const path = [...areas[request.area ?? "stream"], ...request.path];
    return provider.call<CloudflareAnswer<T>>({ ...request, path }, options, (answer, errorOf) => {
      const retryAfterMs = answer.answered ? answer.retryAfterMs : null;
      const refusal = (outcome: "retry" | "final" | "not_found", error: CallError) => {
        const [final, notFound] = [outcome === "final", outcome === "not_found"];
        return { outcome, result: { ok: false as const, final, notFound, retryAfterMs, error } };
      };

      if (!answer.answered) return refusal("retry", errorOf(null, answer.words));

      const isEmpty = answer.body === undefined && answer.status < 300 && request.mayBeEmpty === true;
      const { success, result, code, words } = isEmpty ? nothing : openEnvelope(answer.body);
      if (answer.status >= 300 || !success) return refusal(refusalOf(answer.status, code), errorOf(code, words));

      const parsed = request.expects.safeParse(result);
      if (parsed.success) return { outcome: "done", result: { ok: true, result: parsed.data } };
      return refusal("retry", errorOf(null, unexpectedBody(parsed.error)));
    });
  }

  return { call, close: () => provider.close() };
}

function refusalOf(status: number, code: number | null): "retry" | "final" | "not_found" {
  if (code === notFoundCode) return "not_found";
  if (status === 429 || status === 408 || status >= 500 || status < 300) return "retry";
  return "final";
}

const envelopeSchema = z.object({
  success: z.boolean(),
  result: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        code: z.int().nullable().catch(null),
        message: z.string().catch("gave no message"),
      }),
    )
    .catch([]),
});

interface Envelope {
  success: boolean;
  result: unknown;
  code: number | null;
  words: string;
}

const nothing: Envelope = { success: true, result: undefined, code: null, words: "" };

function openEnvelope(body: unknown): Envelope {
  const parsed = envelopeSchema.safeParse(body);
  if (!parsed.success) return { success: false, result: null, code: null, words: unexpectedBody(parsed.error) };
  const { success, result, errors } = parsed.data;
  const [error] = errors;
  return { success, result, code: error?.code ?? null, words: error?.message ?? "gave no reason" };
}
