import http from "node:http";
import https from "node:https";

import fetch, { FetchError, type RequestInit } from "node-fetch";
import { z } from "zod";

import { retryAfterMs } from "./retry-after.ts";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT";
  /** Segments of the path, not encoded. */
  path: readonly string[];
  query?: Readonly<Record<string, number>> | undefined;
  /** Sent as JSON. */
  body?: unknown;
}

/** What came of a request. `body` is the parsed JSON, undefined if the answer had none. */
export type Answer =
  | { answered: true; status: number; body: unknown; retryAfterMs: number | null }
  /** `sent` is false only if the request certainly never left: then the provider has done nothing. */
  | { answered: false; sent: boolean; words: string };

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
 * One HTTP exchange with a provider, never repeated here: whether a call may be made again is not HTTP's to know.
 * Whatever provider and network do is an answer; a throw is a bug of ours.
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
    const query = Object.entries(request.query ?? {}).map(([name, value]) => `${name}=${value}`);
    const url = `${baseUrl}/${encodePath(request.path)}${query.length === 0 ? "" : `?${query.join("&")}`}`;
    const signal = AbortSignal.timeout(timeoutMs);
    const init: RequestInit = { method: request.method, headers, agent, signal, size: maxBytes, redirect: "manual" };
    if (request.body !== undefined) init.body = JSON.stringify(request.body);
    try {
      const response = await fetch(url, init);
      const text = await response.text();
      const pause = retryAfterMs(response.headers.get("retry-after"), now());
      return { answered: true, status: response.status, body: parseJson(text), retryAfterMs: pause };
    } catch (error) {
      // So node-fetch calls a malformed header, which is our doing.
      if (error instanceof TypeError) throw error;
      if (signal.aborted) return { answered: false, sent: true, words: `no answer within ${timeoutMs} ms` };
      return unanswered(error, maxBytes);
    }
  }

  return { exchange, close: () => agent.destroy() };
}

/**
 * The only failures that prove that nothing was sent: connecting was refused, or the name has no address. Any other
 * may have come after the request was received.
 */
const neverSent: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

function unanswered(error: unknown, maxBytes: number): Answer {
  if (!(error instanceof FetchError)) return { answered: false, sent: true, words: "the connection broke off" };
  if (error.type === "max-size") {
    return { answered: false, sent: true, words: `the answer is longer than ${maxBytes} bytes` };
  }
  const { code = "the connection broke off" } = error;
  return { answered: false, sent: !neverSent.has(code), words: `no answer: ${code}` };
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
