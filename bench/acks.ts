import autocannon from "autocannon";

import type { AckMode } from "./ack-server.ts";
import { startServer } from "./child.ts";
import { channel, delivery } from "./deliveries.ts";
import { median, table } from "./table.ts";

const connections = 64;
const warmUpSeconds = 3;
/** More than any of the modes reaches. */
const presignedPerSecond = 8_000;
const modes: readonly { mode: AckMode; name: string }[] = [
  { mode: "none", name: "append left out" },
  { mode: "grouped", name: "group commit (Tally)" },
  { mode: "single", name: "one insert a request" },
];

/**
 * Durable acks a second of `POST /webhooks/agora`, beside the same server without a database and with a plain insert.
 * The three take turns, so that a machine that gets slower gets slower for all.
 */
export async function measureAcks({
  url,
  seconds,
  rounds,
}: {
  url: string;
  seconds: number;
  rounds: number;
}): Promise<string> {
  const measured = new Map<AckMode, number[]>(modes.map(({ mode }) => [mode, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { mode } of modes) measured.get(mode)?.push(await acksPerSecond(mode, url, seconds));
  }
  const rate = (mode: AckMode) => median(measured.get(mode) ?? []);
  const rows = modes.map(({ mode, name }) => [name, rate(mode).toFixed(0), (rate("grouped") / rate(mode)).toFixed(2)]);
  const title = `Durable acks, ${connections} connections, median of ${rounds} rounds of ${seconds} s`;
  return table(title, ["append", "acks/s", "Tally / it"], rows);
}

async function acksPerSecond(mode: AckMode, databaseUrl: string, seconds: number): Promise<number> {
  // Signed beforehand: on two cores the load's own cost would be taken from the server and its database.
  const count = (warmUpSeconds + seconds) * presignedPerSecond;
  const deliveries = Array.from({ length: count }, () => delivery(105, channel, 1001));
  const next = () => deliveries.pop() ?? delivery(105, channel, 1001);
  const server = await startServer("ack-server", [mode, databaseUrl]);
  const load = (duration: number) =>
    autocannon({
      url: `${server.url}/webhooks/agora`,
      method: "POST",
      connections,
      duration,
      requests: [{ setupRequest: (request) => ({ ...request, ...next() }) }],
    });
  try {
    await load(warmUpSeconds); // until the hot code is compiled
    const result = await load(seconds);
    if (result.non2xx > 0 || result.errors > 0) {
      throw new Error(`${mode}: ${result.non2xx} answers were not 200, ${result.errors} requests failed`);
    }
    return result["2xx"] / result.duration;
  } finally {
    await server.stop();
  }
}
