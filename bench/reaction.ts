import fetch from "node-fetch";

import { type BenchServer, startServer } from "./child.ts";
import { delivery } from "./deliveries.ts";
import { type BenchProvider, startProvider } from "./provider.ts";
import { startWholeService } from "./service.ts";
import { median, quantile, table } from "./table.ts";

/**
 * From the sending of a host's join to the arrival of the first provider call that it leads to, one join at a time:
 * Tally (durable, folded, decided, enqueued, picked up) beside a handler that calls the provider in the request.
 */
export async function measureReaction({ url, joins }: { url: string; joins: number }): Promise<string> {
  const provider = await startProvider();
  try {
    const direct = await measure(provider, await startServer("direct-server", [provider.url]), joins);
    const tally = await measure(provider, await startWholeService(url, provider.url), joins);
    const row = (name: string, ms: number[]) => [name, median(ms).toFixed(1), quantile(ms, 0.99).toFixed(1)];
    const title = `From a host's webhook to the first provider call, ${joins} joins, ms`;
    return table(title, ["way", "median", "99 %"], [row("in the request, in memory", direct), row("Tally", tally)]);
  } finally {
    await provider.close();
  }
}

async function measure(provider: BenchProvider, server: BenchServer, joins: number): Promise<number[]> {
  const run = Date.now();
  try {
    const measured: number[] = [];
    for (let n = 0; n < joins; n++) {
      const called = provider.nextCall();
      const sentAt = performance.now();
      const { body, headers } = delivery(103, `reaction-${run}-${n}`, 1001);
      const answer = await fetch(`${server.url}/webhooks/agora`, { method: "POST", body, headers });
      if (answer.status !== 200) throw new Error(`a join was answered ${answer.status}`);
      measured.push((await called) - sentAt);
    }
    return measured;
  } finally {
    await server.stop();
  }
}
