import { EventEmitter, once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Answers one request, or keeps it waiting. */
export type Respond = (response: ServerResponse, received: Received) => void;

export interface Receiver {
  url: string;
  received: Received[];
  /** What the next requests are answered, in turn; then 204. */
  answers: Respond[];
  /** Resolves when so many requests have come. */
  seen: (count: number) => Promise<void>;
  close: () => Promise<void>;
}

export const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): Respond =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };
/** Never answers. */
export const hang: Respond = () => undefined;

/** An app's server at 127.0.0.1. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Respond[] = [];
  const came = new EventEmitter();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const entry = {
        path: request.url ?? "",
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      received.push(entry);
      (answers.shift() ?? answer(204))(response, entry);
      came.emit("request");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers,
    async seen(count) {
      while (received.length < count) await once(came, "request");
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
