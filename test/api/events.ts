import type { Status } from "../../src/live/index.ts";
import { apiKey, type Service } from "./service.ts";

/** An event of a stream, as it was sent. */
export interface SentEvent {
  id: string | undefined;
  status: Status;
}

export interface OpenStream {
  response: Response;
  /** The next event; comments and `retry` are passed over. */
  next: () => Promise<SentEvent>;
  /** What came and is not read as an event yet, once it contains this. */
  has: (text: string) => Promise<string>;
  /** Resolves with the rest, when the server has ended the stream in order. */
  ended: () => Promise<string>;
  close: () => void;
}

/** Opens a channel's stream with the operators' key, and reads it byte for byte. */
export async function openStream(
  service: Pick<Service, "url">,
  name: string,
  headers: Record<string, string> = {},
): Promise<OpenStream> {
  const abort = new AbortController();
  const response = await fetch(`${service.url}/v1/channels/${encodeURIComponent(name)}/status/stream`, {
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
    signal: abort.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const more = async () => {
    const chunk = await reader?.read();
    text += chunk?.value ?? "";
    return chunk?.done === false;
  };
  return {
    response,
    async next() {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end === -1) {
          if (!(await more())) throw new Error(`the stream ended: ${JSON.stringify(text)}`);
          continue;
        }
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        if (!/^(:|retry: )/.test(block)) return toEvent(block);
      }
    },
    async has(wanted) {
      while (!text.includes(wanted)) {
        if (!(await more())) throw new Error(`the stream ended without ${JSON.stringify(wanted)}`);
      }
      return text;
    },
    async ended() {
      while (await more());
      return text;
    },
    close: () => abort.abort(),
  };
}

function toEvent(fields: string): SentEvent {
  const lines = fields.split("\n");
  const valueOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  if (lines.length !== 2) throw new Error(`an event has an id and a line of data, not ${JSON.stringify(fields)}`);
  return { id: valueOf("id"), status: JSON.parse(valueOf("data") ?? "null") as Status };
}
