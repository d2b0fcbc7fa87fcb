import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers what a test tells it to, connection by connection. */
export interface StatusServer {
  url: string;
  /** What came so far. */
  requests: IncomingMessage[];
  close: () => Promise<void>;
}

type Step = (response: ServerResponse, request: IncomingMessage) => void;

/** @param steps - the answer to each request in turn; the last one to all further ones too */
export async function startStatusServer(...steps: [Step, ...Step[]]): Promise<StatusServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const step = steps[Math.min(requests.length, steps.length - 1)];
    requests.push(request);
    step?.(response, request);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Statuses with these versions; the connection then stays open, or ends. */
export function statuses(versions: readonly number[], { ends = false } = {}): Step {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": hello\n\n");
    for (const version of versions) response.write(`id: ${version}\ndata: ${JSON.stringify({ version })}\n\n`);
    if (ends) response.end();
  };
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Step {
  return (response) => {
    response.writeHead(status, { "content-type": "application/problem+json", "x-request-id": "request-1", ...headers });
    response.end(JSON.stringify({ type: "about:blank", title: "Title", status, code, detail: `It is ${code}.` }));
  };
}

export const brokenOff: Step = (response) => response.destroy();
