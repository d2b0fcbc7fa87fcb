import autocannon from "autocannon";

import { delivery } from "./deliveries.ts";
import { residentMegabytes } from "./process-usage.ts";
import { startProvider } from "./provider.ts";
import { startWholeService } from "./service.ts";
import { table } from "./table.ts";

const channels = 200;

/** Memory of the service's process before and after so many events: one in ten is about a host, the rest are viewers. */
export async function measureMemory({ url, events }: { url: string; events: number }): Promise<string> {
  const provider = await startProvider();
  const service = await startWholeService(url, provider.url);
  try {
    const before = await residentMegabytes(service.pid);
    let sent = 0;
    const next = () => {
      sent++;
      const channel = `memory-${sent % channels}`;
      return sent % 10 === 0
        ? delivery(sent % 20 === 0 ? 103 : 104, channel, 1001, sent)
        : delivery(105, channel, sent, sent);
    };
    const result = await autocannon({
      url: `${service.url}/webhooks/agora`,
      method: "POST",
      connections: 64,
      amount: events,
      requests: [{ setupRequest: (request) => ({ ...request, ...next() }) }],
    });
    if (result["2xx"] !== events) throw new Error(`only ${result["2xx"]} of ${events} events were answered 200`);
    const after = await residentMegabytes(service.pid);
    const title = `Memory of the service's process (resident), ${events} events, without the database's`;
    return table(
      title,
      ["when", "MB"],
      [
        ["ready", before.now.toFixed(0)],
        ["after the events", after.now.toFixed(0)],
        ["at its highest", after.most.toFixed(0)],
      ],
    );
  } finally {
    await service.stop();
    await provider.close();
  }
}
