import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { goLive, type Service, startService } from "./service.ts";

let service: Service;

beforeAll(async () => {
  service = await startService();
  await goLive(service, "channel_1");
  await goLive(service, "channel_2");
  const sample = (minutesAgo: number, agora: number | null, hls: number | null) =>
    service.knex.raw(
      `insert into tally.stream_metrics (channel_id, "timestamp", agora_viewers, hls_viewers, relay_health)
       values (1, clock_timestamp() - make_interval(mins => ?), ?, ?, 'disconnected')`,
      [minutesAgo, agora, hls] as number[],
    );
  await sample(40, 1_234_567, 1_234_567);
  await sample(30, 617_284, null);
  await sample(20, null, null);
});
afterAll(() => service.stop());

describe("metrics", () => {
  it("shows a line for each step in 80 columns, its bar as long as there are viewers", async () => {
    const { lines, code } = await service.tally(["metrics", "channel_1", "--since", "1h"]);
    expect(code).toBe(0);
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[0]).toMatch(/^TIME UTC +APP +PLAYERS +RELAY/);
    expect(lines[1]).toMatch(/ 1234567 +1234567 +disconnected +█{15}░{15}$/);
    expect(lines[2]).toMatch(/ 617284 +disconnected +█{8}$/);
    expect(lines[3]).toMatch(/ disconnected$/);
  });

  it("puts samples together by the step", async () => {
    const { json } = await service.tally(["metrics", "channel_1", "--from", "1d", "--step", "1d", "--json"]);
    const { items } = json() as { items: unknown[] };
    expect(items.at(-1)).toMatchObject({ relayHealth: "disconnected" });
    expect(items.length).toBeLessThanOrEqual(2);
    expect(json()).toMatchObject({ channel: "channel_1", step: 86_400 });
  });

  it("says so where nothing was sampled, and what is wrong with what was asked", async () => {
    const none = await service.tally(["metrics", "channel_2"]);
    expect(none).toMatchObject({ code: 0, out: "" });
    expect(none.err).toMatch(/^Nothing was sampled from /);
    const many = await service.tally(["metrics", "channel_1", "--since", "1d", "--step", "1s"]);
    expect(many).toMatchObject({ code: 1, err: expect.stringMatching(/^--step would give 864\d\d points/) as string });
    expect(await service.tally(["metrics", "nowhere"])).toMatchObject({ code: 1 });
    expect(await service.tally(["metrics", "channel_1", "--step", "2d"])).toMatchObject({ code: 2 });
    expect(await service.tally(["metrics", "channel_1", "--since", "1h", "--from", "1h"])).toMatchObject({ code: 2 });
  });
});
