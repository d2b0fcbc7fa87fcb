import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import fetch from "node-fetch";

import type { BenchServer } from "./child.ts";
import { delivery } from "./deliveries.ts";
import { type BenchProvider, startProvider } from "./provider.ts";
import { startWholeService } from "./service.ts";
import { median, quantile, table } from "./table.ts";

const hosted = "viewers-hosted";
/** Its session is open all the time, so that its viewers are counted while they come. */
const sampled = "viewers-sampled";
const joinsAlone = 100;

/**
 * From a host's webhook to the first provider call, alone, and while viewers join and leave as fast as they are answered:
 * on another channel that is sampled every 5 s, which tells what counting them and sharing the machine costs, and on the
 * host's own.
 */
export async function measureViewers({ url, viewers }: { url: string; viewers: number }): Promise<string> {
  const provider = await startProvider();
  const service = await startWholeService(url, provider.url, { METRICS_SECONDS: "5", STOP_GRACE_SECONDS: "0" });
  try {
    const rows: string[][] = [];
    const add = (name: string, { reactions, perSecond }: Measured) =>
      rows.push([
        name,
        median(reactions).toFixed(1),
        quantile(reactions, 0.99).toFixed(1),
        perSecond,
        `${reactions.length}`,
      ]);
    await measure(service, provider, { joins: 20 }); // until the hot code is compiled
    add("none", await measure(service, provider, { joins: joinsAlone }));
    await tell(service, 103, sampled);
    add("on another channel, sampled", await measure(service, provider, { flooded: sampled, viewers }));
    add("on the host's channel", await measure(service, provider, { flooded: hosted, viewers }));
    const title = `From a host's webhook to the first provider call, while ${viewers} viewers' events come, ms`;
    return table(title, ["viewers", "median", "99 %", "viewers/s", "joins"], rows);
  } finally {
    await service.stop();
    await provider.close();
  }
}

interface Measured {
  reactions: number[];
  perSecond: string;
}

async function measure(
  service: BenchServer,
  provider: BenchProvider,
  of: { joins: number } | { flooded: string; viewers: number },
): Promise<Measured> {
  const reactions: number[] = [];
  const startedAt = performance.now();
  const flood = "flooded" in of ? startFlood(service.url, of.flooded, of.viewers) : null;
  const isOver = () => ("joins" in of ? reactions.length >= of.joins : (flood?.isOver() ?? true));
  while (!isOver()) {
    const called = provider.nextCall();
    const sentAt = performance.now();
    await tell(service, 103);
    reactions.push((await called) - sentAt);
    // The refusal is folded before she leaves, or it would be the next session's.
    await stateIs(service, "error");
    await tell(service, 104);
    await stateIs(service, "stopped");
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { reactions, perSecond: "viewers" in of ? (of.viewers / seconds).toFixed(0) : "" };
}

async function tell({ url }: BenchServer, eventType: number, channel = hosted): Promise<void> {
  const { body, headers } = delivery(eventType, channel, 1001);
  const answer = await fetch(`${url}/webhooks/agora`, { method: "POST", body, headers });
  if (answer.status !== 200) throw new Error(`a host's event was answered ${answer.status}`);
}

/** With a grace of 0 the session ends with the host. */
async function stateIs({ url }: BenchServer, state: string): Promise<void> {
  const headers = { authorization: "Bearer bench" };
  for (;;) {
    const answer = await fetch(`${url}/v1/channels/${hosted}/status`, { headers });
    if (((await answer.json()) as { state: string }).state === state) return;
    await wait(5);
  }
}

function startFlood(url: string, channel: string, viewers: number) {
  const file = fileURLToPath(import.meta.resolve("./viewers-sender.js"));
  const child = fork(file, [url, channel, String(viewers)]);
  let exitCode: number | null = null;
  void once(child, "exit").then(([code]) => (exitCode = code as number));
  return {
    isOver() {
      if (exitCode !== null && exitCode !== 0) throw new Error("the sender of viewers failed");
      return exitCode === 0;
    },
  };
}
