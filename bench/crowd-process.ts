import { connect, type Socket } from "node:net";

import { clockMs } from "./clock.ts";
import type { CrowdOrder, CrowdReport } from "./crowd.ts";

/**
 * Readers of streams, as cheap as can be: the request is written as it is, and of what comes only the ends of events are
 * looked for. It tells when each of them has one event more.
 */
const [url, names, count] = process.argv.slice(2) as [string, string, string];
const { hostname, port } = new URL(url);
const channels = names.split(",");
const readers = Number(count);
/** So many connect at a time: a server has room for so many of whom it knows nothing yet. */
const atOnce = 200;
/** Of an event: its JSON's last brace, and the empty line. */
const eventEnd = "}\n\n";
const sockets: Socket[] = [];
let arrivals: CrowdReport["arrivals"] = [];
let closed = 0;
/** Whoever has stopped reading may be cut off. */
let hasPaused = false;

/** Resolves with the first event. */
function open(channel: number): Promise<void> {
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  let tail = "";
  return new Promise((resolve) => {
    socket.on("data", (chunk) => {
      const text = tail + chunk.toString("latin1");
      tail = text.slice(1 - eventEnd.length);
      for (let at = text.indexOf(eventEnd); at >= 0; at = text.indexOf(eventEnd, at + 1)) arrived(channel);
      if (text.includes(eventEnd)) resolve();
    });
    socket.on("error", () => undefined); // closed below
    socket.once("close", () => {
      if (!hasPaused) throw new Error(`a stream ended, with ${JSON.stringify(tail)} as its last`);
      closed++;
      if (closed === readers) report();
    });
    socket.write(
      `GET /v1/channels/${channels[channel] ?? ""}/status/stream HTTP/1.1\r\nhost: ${hostname}\r\n` +
        "authorization: Bearer bench\r\n\r\n",
    );
  });
}

function arrived(channel: number): void {
  arrivals.push([channel, clockMs()]);
  if (arrivals.length === readers) report();
}

function report(): void {
  process.send?.({ arrivals, closed } satisfies CrowdReport);
  arrivals = [];
}

async function openAll(): Promise<void> {
  let next = 0;
  const openNext = async () => {
    while (next < readers) await open(next++ % channels.length);
  };
  await Promise.all(Array.from({ length: atOnce }, openNext));
}

process.on("message", (order: CrowdOrder) => {
  hasPaused ||= order === "pause";
  if (order === "connect") void openAll();
  else for (const socket of sockets) socket[order]();
});
process.once("SIGTERM", () => process.exit(0));
process.send?.({ url });
