import { once } from "node:events";
import { connect } from "node:net";

/** How a flood went: requests that were answered 401, and what they cost the sender. */
export interface FloodReport {
  refused: number;
  cpuMs: number;
}

/**
 * Sends webhooks with a wrong signature on each connection as fast as they are refused, until the parent asks for the
 * report. The request is made once and written as it is: no client is cheaper.
 */
const [url, connections, bodyBytes] = process.argv.slice(2) as [string, string, string];
const { hostname, port } = new URL(url);
const body = "x".repeat(Number(bodyBytes));
const request = Buffer.from(
  `POST /webhooks/agora HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
    `agora-signature-v2: ${"0".repeat(64)}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
);
const refusal = '"code":"unauthenticated"';
let refused = 0;

async function flood(): Promise<void> {
  const socket = connect(Number(port), hostname).setNoDelay(true);
  let answer = "";
  socket.on("data", (chunk: Buffer) => {
    answer += chunk.toString("latin1");
    if (!answer.includes(refusal)) return;
    answer = "";
    refused++;
    socket.write(request);
  });
  socket.on("error", () => undefined); // closed below
  socket.write(request);
  await once(socket, "close");
}

for (let i = 0; i < Number(connections); i++) void flood();
process.send?.({ url });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ refused, cpuMs: (user + system) / 1000 } satisfies FloodReport);
});
process.once("SIGTERM", () => process.exit(0));
