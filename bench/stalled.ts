import { createChanges } from "./changes.ts";
import { startCrowd } from "./crowd.ts";
import { openFiles, residentMegabytes } from "./process-usage.ts";
import { startProvider } from "./provider.ts";
import { startWholeService } from "./service.ts";
import { table } from "./table.ts";

const name = "stalled";

/**
 * Readers who read nothing after their first status, while the status changes as fast as it can: memory of the service
 * until the last of them is cut off. On one machine the kernel takes some megabytes of each before a connection takes no
 * more, so it needs thousands of changes until the first is seen to have stalled.
 */
export async function measureStalled({ url, readers }: { url: string; readers: number }): Promise<string> {
  const provider = await startProvider();
  const service = await startWholeService(url, provider.url);
  const changes = createChanges({ url, concurrency: 1 });
  const rows: string[][] = [];
  const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(0);
  const add = async (when: string) => {
    const { now, most } = await residentMegabytes(service.pid);
    rows.push([when, now.toFixed(0), most.toFixed(0)]);
  };
  try {
    const otherFiles = await openFiles(service.pid);
    if (Number.isNaN(otherFiles)) throw new Error("the part \"stalled\" reads /proc, which only Linux has");
    const channel = await changes.register(name);
    const crowd = await startCrowd({ url: service.url, channels: [name], readers });
    try {
      const connected = crowd.next();
      crowd.order("connect");
      await connected;
      await add("connected");
      crowd.order("pause");
      const pausedAt = performance.now();
      let changed = 0;
      while ((await openFiles(service.pid)) > otherFiles + readers / 100) {
        for (let n = 0; n < 100; n++, changed++) await changes.change(channel);
        if (changed % 1_000 === 0) await add(`after ${changed} changes, ${seconds(pausedAt)} s`);
      }
      await add(`all cut off, ${changed} changes, ${seconds(pausedAt)} s`);
    } finally {
      await crowd.stop();
    }
    return table(`Memory with ${readers} readers who don't read`, ["when", "MB", "MB at highest"], rows);
  } finally {
    await changes.close();
    await service.stop();
    await provider.close();
  }
}
