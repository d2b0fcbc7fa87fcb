import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

import { reportReady } from "./child.ts";
import { clockMs } from "./clock.ts";

/**
 * The least that a status can be pushed with: every GET is a stream and is given the last event; the body of a POST is
 * written to all of them in one loop, whose beginning it is answered with.
 */
const streams: ServerResponse[] = [];
const [first] = process.argv.slice(2) as [string];

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
    response.write(first);
    streams.push(response);
    return;
  }
  void buffer(request).then((event) => {
    const startedAt = clockMs();
    for (const stream of streams) stream.write(event);
    response.end(String(startedAt));
  });
});
server.listen(0, "127.0.0.1", () => {
  reportReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => process.exit(0));
