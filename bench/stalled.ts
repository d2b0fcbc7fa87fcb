import { createChanges } from "./changes.ts";
import { startCrowd } from "./crowd.ts";
import { openFiles, residentMegabytes } from "./process-usage.ts";
import { startProvider } from "./provider.ts";
import { startWholeService } from "./service.ts";
import { table } from "./table.ts";

const name = "stalled";
const sampleMs = 10_000;

/**
 * Memory of the service while readers take nothing after their first status and it changes as fast as it can, until they
 * are cut off: 30 s after their connections take no more. On one machine the kernel takes 4 MB for each before that, some
 * 5,000 statuses.
 */
export async function measureStalled({ url, readers }: { url: string; readers: number }): Promise<string> {
  const provider = await startProvider();
  const service = await startWholeService(url, provider.url);
  const changes = createChanges({ url, concurrency: 1 });
  try {
    const others = await openFiles(service.pid);
    if (Number.isNaN(others)) throw new Error('the part "stalled" reads /proc, which only Linux has');
    const channel = await changes.register(name);
    const crowd = await startCrowd({ url: service.url, channels: [name], readers });
    try {
      const connected = crowd.next();
      crowd.order("connect");
      await connected;
      crowd.order("pause");
      const startedAt = performance.now();
      const rows: string[][] = [];
      let changed = 0;
      for (let left = readers; ; left = (await openFiles(service.pid)) - others) {
        const { now, most } = await residentMegabytes(service.pid);
        const seconds = (performance.now() - startedAt) / 1000;
        rows.push([seconds, changed, Math.max(0, left), now, most].map((value) => value.toFixed(0)));
        // Connections of others come and go.
        if (left <= readers / 20) break;
        for (const end = performance.now() + sampleMs; performance.now() < end; changed++) await changes.bump(channel);
      }
      const title = `Memory while ${readers} readers don't read and the status changes`;
      return table(title, ["seconds", "changes", "not cut off", "MB", "MB at highest"], rows);
    } finally {
      await crowd.stop();
    }
  } finally {
    await changes.close();
    await service.stop();
    await provider.close();
  }
}
