import type { EventSourceMessage } from "eventsource-parser";

import { TallyProblem, UnexpectedAnswer } from "./problem.ts";
import type { Send } from "./request.ts";
import { readServerSentEvents } from "./server-sent-events.ts";

/** `connecting`: what came last may be old. */
export type ConnectionState = "connecting" | "open" | "closed";

export interface WatchOptions {
  /** Ends the watch. */
  signal?: AbortSignal;
  /** Told of each change; `error` is why a connection is being made again. */
  onState?: (state: ConnectionState, error?: unknown) => void;
  /** How to go on after a lost connection, in ms. */
  reconnect?: Partial<ReconnectPolicy>;
}

export interface ReconnectPolicy {
  /** The first wait, doubled with each failure. About half of each wait is left to chance. */
  firstMs: number;
  /** The longest wait. */
  mostMs: number;
  /** So long without a byte means that the connection is dead; the service sends one every 15 s. */
  silenceMs: number;
}

const defaults: ReconnectPolicy = { firstMs: 1_000, mostMs: 30_000, silenceMs: 45_000 };

export interface Connection {
  baseUrl: string;
  send: Send;
}

/**
 * The events of a stream of the API's, until `signal` is aborted. It connects again by itself, and says which event it had
 * last.
 *
 * @throws {TallyProblem | UnexpectedAnswer} if it is refused, and no other try would help
 */
export async function* watchStream(
  { baseUrl, send }: Connection,
  path: string,
  { signal = new AbortController().signal, onState = () => undefined, reconnect }: WatchOptions,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const policy = { ...defaults, ...reconnect };
  let lastEventId: string | null = null;
  const isOver = () => signal.aborted;
  let failures = 0;
  let cause: unknown;
  try {
    while (!isOver()) {
      const connection = new AbortController();
      const end = () => connection.abort();
      signal.addEventListener("abort", end);
      try {
        onState("connecting", cause);
        const headers = {
          accept: "text/event-stream",
          ...(lastEventId === null ? {} : { "last-event-id": lastEventId }),
        };
        const response = await send(
          new Request(baseUrl + path, { headers, cache: "no-store", signal: connection.signal }),
        );
        const body = streamOf(response);
        onState("open");
        failures = 0;
        const onRetry = (ms: number) => (policy.firstMs = ms);
        for await (const event of readServerSentEvents(body, { silenceMs: policy.silenceMs, onRetry })) {
          lastEventId = event.id ?? lastEventId;
          yield event;
        }
        cause = undefined;
      } catch (error) {
        if (isOver()) return;
        if (!isTemporary(error)) throw error;
        cause = error;
      } finally {
        signal.removeEventListener("abort", end);
        end();
      }
      await wait(waitBefore(failures++, policy, cause), signal);
    }
  } finally {
    onState("closed");
  }
}

function streamOf(response: Response): ReadableStream<Uint8Array> {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (response.body === null || !isStream) throw new UnexpectedAnswer(response);
  return response.body;
}

/** What else is refused would be refused again: another token was tried already. */
function isTemporary(error: unknown): boolean {
  if (!(error instanceof TallyProblem || error instanceof UnexpectedAnswer)) return true;
  return error.status === 408 || error.status === 429 || error.status >= 500;
}

function waitBefore(failures: number, { firstMs, mostMs }: ReconnectPolicy, cause: unknown): number {
  const backoffMs = Math.min(mostMs, firstMs * 2 ** failures);
  // A deploy ends everybody's connection at once: they come back one by one.
  const ms = backoffMs / 2 + (Math.random() * backoffMs) / 2;
  return cause instanceof TallyProblem ? Math.max(ms, cause.retryAfterMs ?? 0) : ms;
}

/** Shorter if the watch ends. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
