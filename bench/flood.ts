import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import fetch from "node-fetch";

import type { BenchServer } from "./child.ts";
import { channel, delivery } from "./deliveries.ts";
import type { FloodReport } from "./flood-sender.ts";
import { cpuMs, residentMegabytes } from "./process-usage.ts";
import { startProvider } from "./provider.ts";
import { startWholeService } from "./service.ts";
import { median, quantile, table } from "./table.ts";

const goodConnections = 4;
const pauseMs = 10;
const floods = [
  { name: "no flood", connections: 0, bodyBytes: 0 },
  { name: "bad signatures, 300 bytes", connections: 16, bodyBytes: 300 },
  { name: "bad signatures, 1 MiB", connections: 16, bodyBytes: 1024 * 1024 },
];

/**
 * Acks of signed deliveries on their own connections, alone and while other connections send badly signed ones as fast
 * as they are refused; and what a bad one costs the service beside its sender, in processor time. On two cores the
 * service shares them with the flood's sender and the database.
 */
export async function measureFlood({ url, seconds }: { url: string; seconds: number }): Promise<string> {
  const provider = await startProvider();
  const service = await startWholeService(url, provider.url);
  try {
    await measureGood(service, 3); // until the hot code is compiled
    const rows: string[][] = [];
    let aloneMsPerSecond = 0;
    for (const { name, connections, bodyBytes } of floods) {
      const flood = connections === 0 ? null : await startFlood(service.url, connections, bodyBytes);
      const before = await cpuMs(service.pid);
      const good = await measureGood(service, seconds);
      const spent = (await cpuMs(service.pid)) - before;
      const report = await flood?.stop();
      if (report === undefined) aloneMsPerSecond = spent / seconds;
      const perBad = (ms: number) => (report === undefined ? "" : ((ms * 1000) / report.refused).toFixed(0));
      rows.push([
        name,
        median(good).toFixed(1),
        quantile(good, 0.99).toFixed(1),
        report === undefined ? "" : (report.refused / seconds).toFixed(0),
        perBad(spent - aloneMsPerSecond * seconds),
        perBad(report?.cpuMs ?? 0),
        (await residentMegabytes(service.pid)).most.toFixed(0),
      ]);
    }
    const head = ["flood", "ack median, ms", "99 %", "bad/s", "µs/bad here", "at the sender", "MB at highest"];
    return table(`Acks during a flood of badly signed webhooks, ${seconds} s each`, head, rows);
  } finally {
    await service.stop();
    await provider.close();
  }
}

/** @returns milliseconds of each ack */
async function measureGood(service: BenchServer, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const measured: number[] = [];
  const end = performance.now() + seconds * 1000;
  const send = async () => {
    while (performance.now() < end) {
      const { body, headers } = delivery(105, channel, 1001);
      const sentAt = performance.now();
      const answer = await fetch(`${service.url}/webhooks/agora`, { method: "POST", body, headers, agent });
      await answer.text();
      if (answer.status !== 200) throw new Error(`a signed delivery was answered ${answer.status}`);
      measured.push(performance.now() - sentAt);
      await wait(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: goodConnections }, send));
  agent.destroy();
  return measured;
}

async function startFlood(url: string, connections: number, bodyBytes: number) {
  const file = fileURLToPath(import.meta.resolve("./flood-sender.js"));
  const child = fork(file, [url, String(connections), String(bodyBytes)]);
  await once(child, "message");
  return {
    async stop(): Promise<FloodReport> {
      child.send("report");
      const [report] = (await once(child, "message")) as [FloodReport];
      child.kill("SIGTERM");
      await once(child, "exit");
      return report;
    },
  };
}
