import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  /** The parsed body, a form as text; undefined if there was none. */
  body: unknown;
}

export type Respond = (response: ServerResponse, request: Received) => void;

/** A provider on 127.0.0.1, for one test: what it received, and `respond` to say what it answers. */
export async function listen(respond: Respond): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const { method = "", url = "", headers } = request;
      const isForm = headers["content-type"] === "application/x-www-form-urlencoded";
      const body = text === "" ? undefined : isForm ? text : (JSON.parse(text) as unknown);
      const seen = { method, url, headers, body };
      received.push(seen);
      respond(response, seen);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received };
}

/** A URL of 127.0.0.1 where connections are refused: its port was taken and given back. */
export async function refusingUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** Answers JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Respond {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

/** Answers anything else. */
export function text(status: number, body: string): Respond {
  return (response) => {
    response.writeHead(status, { "content-type": "text/html" }).end(body);
  };
}

/** Takes the request and never answers. */
export const silence: Respond = () => undefined;

/** Answers one after the other, the last one for ever. */
export function inTurn(...answers: [Respond, ...Respond[]]): Respond {
  let turn = 0;
  return (response, request) => {
    const answer = answers[Math.min(turn, answers.length - 1)];
    turn += 1;
    answer?.(response, request);
  };
}
