import { createParser, type EventSourceMessage } from "eventsource-parser";

export interface ReadOptions {
  /** So long without a byte means that the connection is dead. */
  silenceMs: number;
  /** The server asks for this wait before the next connection. */
  onRetry: (ms: number) => void;
}

/**
 * The events of a `text/event-stream`, until it ends.
 *
 * @throws if it breaks off, or is silent for too long
 */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  { silenceMs, onRetry }: ReadOptions,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => arrived.push(event), onRetry });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, reader.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* arrived.splice(0);
    }
  } finally {
    // Of a connection that broke off this fails, and has nothing to end.
    reader.cancel().catch(() => undefined);
  }
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing came for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
