import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What stands before the services: every request goes to the next one, as a load balancer does it. */
export interface FrontProxy {
  url: string;
  close(): Promise<void>;
}

/** @param ports - of the services; one that doesn't take the connection is passed over */
export async function startFrontProxy(ports: () => readonly number[]): Promise<FrontProxy> {
  let turn = 0;

  const server = createServer((incoming, outgoing) => {
    void forward(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat((await incoming.toArray()) as Buffer[]);
    turn += 1;
    const all = ports();
    for (const [i] of all.entries()) {
      const port = all[(turn + i) % all.length] ?? 0;
      if (await tryPort(port, incoming, body, outgoing)) return;
    }
    outgoing.writeHead(502).end();
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @returns false if nothing was sent; one that dies with the request takes it along, and the sender sends it again */
function tryPort(
  port: number,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): Promise<boolean> {
  return new Promise((resolve) => {
    const onward = request({ host: "127.0.0.1", port, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.once("error", () => outgoing.destroy());
      resolve(true);
    });
    onward.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve(false);
      else {
        outgoing.destroy();
        resolve(true);
      }
    });
    outgoing.once("close", () => onward.destroy());
    onward.end(body);
  });
}
