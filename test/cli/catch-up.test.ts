import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type Service, startService } from "./service.ts";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(() => service.knex.raw("truncate tally.catch_ups, tally.processes; delete from tally_jobs._private_jobs"));

/** A process that is alive, and ends the first catch-up that it finds so. */
async function serviceThatEndsIt(how: { status: "done" | "failed"; error?: string; doubted?: number }): Promise<void> {
  await expect
    .poll(
      async () =>
        service
          .knex("tally.catch_ups")
          .where({ status: "open" })
          .update({ doubted: 0, ...how, finished_at: new Date() }),
      { timeout: 10_000 },
    )
    .toBe(1);
}
const isAlive = () =>
  service.knex("tally.processes").insert({ pool_id: "pool", hostname: "here", pid: 1, heartbeat_at: new Date() });

describe("channels catch-up", () => {
  it("records the wish and its job, and says so when nobody runs", async () => {
    const { code, json, err } = await service.tally(["channels", "catch-up", "--json"]);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ why: "operator", channel: null, gapSeconds: null, status: "open", error: null });
    expect(err).toMatch(/^Catch-up \d+ is recorded. No service is running: the next one does it.\n$/);
    const jobs: unknown[] = await service.knex("tally_jobs.jobs").select("task_identifier");
    expect(jobs).toEqual([{ task_identifier: "catch_up" }]);
  });

  it("waits for a service that runs, and prints what came of it", async () => {
    await isAlive();
    const [ran] = await Promise.all([
      service.tally(["channels", "catch-up", "channel_42"]),
      serviceThatEndsIt({ status: "done", doubted: 1 }),
    ]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toMatch(/channel +channel_42\nstatus +done\nof ours, asked about +1\n/);
  });

  it("ends with 1 if there is no such channel, here or with a host at Agora", async () => {
    await isAlive();
    const [ran] = await Promise.all([
      service.tally(["channels", "catch-up", "nosuch"]),
      serviceThatEndsIt({ status: "done", doubted: 0 }),
    ]);
    expect(ran.code).toBe(1);
    expect(ran.err).toBe('There is no channel "nosuch", and Agora knows of no host in one of that name.\n');
  });

  it("ends with 1 if it fails, and shows it from then on", async () => {
    await isAlive();
    const [ran] = await Promise.all([
      service.tally(["channels", "catch-up"]),
      serviceThatEndsIt({ status: "failed", error: "channel_list: HTTP 403: not enabled" }),
    ]);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/^Catch-up \d+ failed: channel_list: HTTP 403: not enabled.\n$/);
    const { lines } = await service.tally(["channels", "catch-up", "--list"]);
    expect(lines[0]).toMatch(/^ID +ASKED UTC +WHY/);
    expect(lines[1]).toMatch(/operator +all +failed +0 +0 of 0 +channel_list: HTTP 403/);
    const { items } = (await service.tally(["channels", "catch-up", "--list", "--json"])).json() as {
      items: unknown[];
    };
    expect(items).toMatchObject([{ status: "failed", error: "channel_list: HTTP 403: not enabled" }]);
  });

  it("waits no longer than it is told", async () => {
    await isAlive();
    const { code, err } = await service.tally(["channels", "catch-up", "--wait", "0"]);
    expect([code, err]).toEqual([0, expect.stringContaining("It goes on") as string]);
  });

  it("refuses a channel that nobody registered, where only those count", async () => {
    const env = { ...service.env, CHANNEL_POLICY: "registered" };
    const { code, err } = await service.tally(["channels", "catch-up", "nowhere"], { env });
    expect([code, err]).toEqual([1, expect.stringContaining('There is no channel "nowhere"') as string]);
    expect(await service.knex("tally.catch_ups").select("id")).toEqual([]);
  });

  it.each([["--wait", "soon"], ["no/such/name"]])("refuses %s as wrong usage", async (...argv) => {
    expect(await service.tally(["channels", "catch-up", ...argv])).toMatchObject({ code: 2 });
  });
});
