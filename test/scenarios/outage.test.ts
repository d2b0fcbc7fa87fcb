import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type Evening, openEvening, type RunningService } from "./evening.ts";

let evening: Evening;
let service: RunningService;

beforeEach(async () => {
  evening = await openEvening();
  service = await evening.start();
});
afterEach(() => evening.close());

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: evening.databaseUrl });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
}

test("after an outage that lost every webhook, those who left are stopped and those who joined are on the air", async () => {
  const { control } = evening.sandbox;
  control.join("channel_1", 1001, "host");
  await evening.until("channel_1", "live", ({ live }) => live);
  await evening.api("PUT", "/v1/channels/channel_3", {});

  await service.stop();
  control.planFaults({ match: { kind: "agora", product: 1 }, action: "lose", times: 100 });
  control.leave("channel_1", 1001, "host", 1);
  control.join("unheard-of", 1002, "host");
  control.join("channel_3", 1003, "host");
  control.join("viewers-only", 1004, "audience");
  await control.until("the loss of each", ({ webhooks }) => {
    const lost = webhooks.filter(({ outcome }) => outcome === "lost");
    return ["channel_1", "unheard-of", "channel_3"].every((channel) => lost.some(({ about }) => about === channel));
  });
  // As if nobody had been alive for two minutes.
  await query("update tally.heartbeat set beat_at = beat_at - interval '2 minutes'");

  service = await evening.start();
  await evening.until("channel_1", "stopped", ({ state }) => state === "stopped");
  await evening.until("channel_3", "live", ({ live }) => live);
  await evening.until("unheard-of", "live", ({ live }) => live);
  expect(await evening.status("viewers-only")).toBeNull();
  expect(evening.calls().filter((operation) => operation === "channelList")).toHaveLength(1);
});

test("a short restart asks nobody", async () => {
  await service.stop();
  service = await evening.start();
  // The first heartbeat is written before the service listens.
  expect(await query("select from tally.catch_ups")).toEqual([]);
});
