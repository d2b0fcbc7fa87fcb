import { beforeAll, describe, expect, it } from "vitest";

import { metricsAnswer } from "../../src/api/metrics-schemas.ts";
import { expectProblem, type Service, useService } from "./service.ts";

const started = useService();
let service: Service;
const path = "/v1/channels/watched/metrics";
const evening = Date.UTC(2026, 2, 14, 20);
const at = (minutes: number) => new Date(evening + minutes * 60_000).toISOString();

beforeAll(async () => {
  service = started();
  await service.call("put", "/v1/channels/watched").send({ id: 7 }).expect(201);
  await service.call("put", "/v1/channels/quiet").send({ id: 8 }).expect(201);
  const samples = [
    [0, 10, null, "requested"],
    [1, 14, 3, "publishing"],
    [2, 12, 5, "disconnected"],
    // Nobody sampled for a while.
    [9, null, null, "publishing"],
  ] as const;
  for (const [minutes, agora, hls, health] of samples) {
    await service.database.knex.raw(
      `insert into tally.stream_metrics (channel_id, "timestamp", agora_viewers, hls_viewers, relay_health)
       values (7, ?, ?, ?, ?)`,
      [at(minutes), agora, hls, health] as (string | number)[],
    );
  }
});

async function metrics(query: Record<string, string>) {
  const response = await service.call("get", path).query(query).expect(200);
  return metricsAnswer.parse(response.body);
}

describe("GET /v1/channels/{name}/metrics", () => {
  it("has a point for each step with a sample: gaps stay gaps, and no number stays none", async () => {
    expect(await metrics({ from: at(0), to: at(10), step: "60" })).toEqual({
      channel: "watched",
      from: at(0),
      to: at(10),
      step: 60,
      items: [
        { at: at(0), agoraViewers: 10, hlsViewers: null, relayHealth: "requested" },
        { at: at(1), agoraViewers: 14, hlsViewers: 3, relayHealth: "publishing" },
        { at: at(2), agoraViewers: 12, hlsViewers: 5, relayHealth: "disconnected" },
        { at: at(9), agoraViewers: null, hlsViewers: null, relayHealth: "publishing" },
      ],
    });
  });

  it("of a longer step tells the most, and how the relay was at its end", async () => {
    const { items } = await metrics({ from: at(0), to: at(10), step: "5m" });
    expect(items).toEqual([
      { at: at(0), agoraViewers: 14, hlsViewers: 5, relayHealth: "disconnected" },
      { at: at(5), agoraViewers: null, hlsViewers: null, relayHealth: "publishing" },
    ]);
  });

  it("begins with from and ends before to", async () => {
    const { items } = await metrics({ from: at(1), to: at(2) });
    expect(items.map((item) => item.at)).toEqual([at(1)]);
  });

  it("takes the newest session by itself, the last hour where there was none, and a step with which it fits", async () => {
    await service.database.knex.raw(
      `insert into tally.sessions (id, channel_id, number, cause, opened_at, closed_at)
       values ('7-1', 7, 1, 'host', ?, ?), ('7-2', 7, 2, 'host', ?, ?)`,
      [at(-60), at(-50), at(1), at(5)],
    );
    const newest = await metrics({});
    expect(newest).toMatchObject({ from: at(1), to: at(5), step: 60 });
    expect(newest.items).toHaveLength(2);

    const response = await service.call("get", "/v1/channels/quiet/metrics").expect(200);
    const { from, to, items } = metricsAnswer.parse(response.body);
    expect([Date.parse(to) - Date.parse(from), items]).toEqual([3_600_000, []]);

    expect(await metrics({ from: at(-3 * 1440), to: at(0) })).toMatchObject({ step: 300 });
    expect(await metrics({ to: at(0) })).toMatchObject({ from: at(-60), to: at(0) });
  });

  it("has at most 2,000 points, and says what to do about more", async () => {
    expect(await metrics({ from: at(0), to: at(2_000), step: "1m" })).toMatchObject({ step: 60 });
    const many = await service.call("get", path).query({ from: at(0), to: at(2_001), step: "1m" });
    expectProblem(many, 400, "invalid_request");
    expect(many.body).toMatchObject({
      detail: "step would give 2001 points, and 2000 are the most: take 300 seconds or more, or a shorter time.",
      errors: [{ path: "step" }],
    });
    const long = await service.call("get", path).query({ from: "1990-01-01T00:00:00Z", to: at(0) });
    expectProblem(long, 400, "invalid_request");
    expect(long.body).toMatchObject({ detail: expect.stringContaining("ask for a shorter time") as string });
  });

  it.each([
    { from: "yesterday" },
    { to: "2026-03-14" },
    { from: at(1), to: at(1) },
    { step: "0" },
    { step: "1.5" },
    { step: "2d" },
    { step: "abc" },
  ])("refuses %o", async (query) => {
    expectProblem(await service.call("get", path).query(query), 400, "invalid_request");
  });

  it("knows no channel that isn't there", async () => {
    expectProblem(await service.call("get", "/v1/channels/nowhere/metrics"), 404, "channel_unknown");
  });
});
