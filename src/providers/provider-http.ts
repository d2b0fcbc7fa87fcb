import http from "node:http";
import https from "node:https";

import fetch, { FetchError, type Headers, type RequestInit } from "node-fetch";
import { z } from "zod";

import { retryAfterMs } from "./retry-after.ts";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Segments of the path, not encoded. */
  path: readonly string[];
  query?: Readonly<Record<string, number | string>> | undefined;
  /** A UUID of ours for this request, sent as `X-Request-ID`. */
  requestId?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
}

/** What came of a request. */
export type Answer =
  /**
   * `body` is the parsed JSON, undefined if the answer had none; `ids` are those by which the provider finds it; `clock`
   * is what time it was there (header `Date`), milliseconds since 1970, null if it didn't say.
   */
  | { answered: true; status: number; body: unknown; retryAfterMs: number | null; ids: AnswerIds; clock: number | null }
  | Unanswered;

/** `sent` is false only if the request certainly never left: then the provider has done nothing. */
export interface Unanswered {
  answered: false;
  sent: boolean;
  /** `dns`: the name has no address. `refused`: nobody listens there. `too long`: an answer came, longer than is read. */
  how: "dns" | "refused" | "timeout" | "broke off" | "too long";
  words: string;
}

/** Of the headers `X-Request-ID` and `X-Resource-ID`, where present (Agora docs: media-push, restful-api). */
export interface AnswerIds {
  requestId?: string;
  resourceId?: string;
}

export interface HttpSettings {
  baseUrl: string;
  headers: Readonly<Record<string, string>>;
  /**
   * For the whole exchange, body included. 8 s by default: a process may begin a call up to 5 s after its last
   * heartbeat, and its lease is given away at 15 s.
   */
  timeoutMs?: number | undefined;
  /** Longer answers are not read to their end. 1 MiB by default. */
  maxBytes?: number | undefined;
}

export interface ProviderHttp {
  exchange(request: HttpRequest): Promise<Answer>;
  /** Closes idle connections. */
  close(): void;
}

/**
 * One HTTP exchange with one host of a provider, never repeated here: whether a call may be made again is not HTTP's to
 * know. Whatever provider and network do is an answer; a throw is a bug of ours.
 *
 * @param now - our clock, for a `Retry-After` that is a date
 * @throws TypeError if `baseUrl` is no URL; from `exchange`, if a segment of the path is empty or only dots
 */
export function createProviderHttp(settings: HttpSettings, now: () => number): ProviderHttp {
  const { headers, timeoutMs = 8_000, maxBytes = 1024 * 1024 } = settings;
  const baseUrl = new URL(settings.baseUrl).href.replace(/\/+$/, "");
  // Idle connections are closed after 10 s, before a gateway does it: a request that meets a closing connection leaves
  // open whether it was received. Longer than the timeout, so that it never ends a call.
  const agentOptions = { keepAlive: true, timeout: timeoutMs + 2_000 };
  const agent = baseUrl.startsWith("https:") ? new https.Agent(agentOptions) : new http.Agent(agentOptions);

  async function exchange(request: HttpRequest): Promise<Answer> {
    const { method, path, query = {}, requestId, body } = request;
    const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const url = `${baseUrl}/${encodePath(path)}${search.length === 0 ? "" : `?${search.join("&")}`}`;
    const signal = AbortSignal.timeout(timeoutMs);
    const init: RequestInit = { method, headers, agent, signal, size: maxBytes, redirect: "manual" };
    if (requestId !== undefined) init.headers = { ...headers, "x-request-id": requestId };
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      const response = await fetch(url, init);
      const text = await response.text();
      const pause = retryAfterMs(response.headers.get("retry-after"), now());
      const ids = idsOf(response.headers);
      const clock = clockOf(response.headers.get("date"));
      return { answered: true, status: response.status, body: parseJson(text), retryAfterMs: pause, ids, clock };
    } catch (error) {
      // So node-fetch calls a malformed header, which is our doing.
      if (error instanceof TypeError) throw error;
      if (signal.aborted) return unanswered("timeout", `no answer within ${timeoutMs} ms`);
      return failed(error, maxBytes);
    }
  }

  return { exchange, close: () => agent.destroy() };
}

function failed(error: unknown, maxBytes: number): Unanswered {
  if (!(error instanceof FetchError)) return unanswered("broke off", "the connection broke off");
  if (error.type === "max-size") return unanswered("too long", `the answer is longer than ${maxBytes} bytes`);
  const { code = "the connection broke off" } = error;
  return unanswered(howOf(code), `no answer: ${code}`);
}

/** As getaddrinfo says it. */
const noAddress = /^(ENOTFOUND|EAI_.+)$/;

function howOf(code: string): Unanswered["how"] {
  if (noAddress.test(code)) return "dns";
  return code === "ECONNREFUSED" ? "refused" : "broke off";
}

/**
 * The only failures that prove that nothing was sent: connecting was refused, or the name has no address. Any other
 * may have come after the request was received.
 */
function unanswered(how: Unanswered["how"], words: string): Unanswered {
  return { answered: false, sent: how !== "dns" && how !== "refused", how, words };
}

const longestId = 64;

function idsOf(headers: Headers): AnswerIds {
  const [requestId, resourceId] = ["x-request-id", "x-resource-id"].map((name) => headers.get(name));
  return {
    ...(requestId ? { requestId: requestId.slice(0, longestId) } : {}),
    ...(resourceId ? { resourceId: resourceId.slice(0, longestId) } : {}),
  };
}

function clockOf(date: string | null): number | null {
  const ms = Date.parse(date ?? "");
  return Number.isNaN(ms) ? null : ms;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * An id that becomes a segment of a path. Not `.` or `..`: a URL resolves them even when they are escaped, and another
 * endpoint would be called.
 */
export const pathSegment = z.string().regex(/[^.]/);

function encodePath(path: readonly string[]): string {
  const wrong = path.find((segment) => !pathSegment.safeParse(segment).success);
  if (wrong !== undefined) throw new TypeError(`"${wrong}" cannot be a segment of a provider's path`);
  return path.map(encodeURIComponent).join("/");
}
