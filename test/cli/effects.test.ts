import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { EffectItem } from "../../src/operators/index.ts";
import { goLive, type Service, startService } from "./service.ts";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const list = async (...argv: string[]): Promise<EffectItem[]> => {
  const { json } = await service.tally(["effects", "list", "--json", ...argv]);
  return (json() as { items: EffectItem[] }).items;
};
const die = (id: number, error: string) =>
  service.knex.withSchema(service.schema).table("effects").where({ id }).update({ status: "dead", error, attempts: 6 });
const jobs = async (id: number): Promise<number> => {
  const { rows } = await service.knex.raw<{ rows: unknown[] }>(
    `select from "${service.schema}_jobs".jobs where key = ?`,
    [`effect:${id}`],
  );
  return rows.length;
};

describe("effects list", () => {
  it("has the newest first, with what programs need of each", async () => {
    await goLive(service, "channel_1");
    const items = await list("--channel", "channel_1");
    expect(items.map(({ type }) => type)).toEqual(["StartRelay", "EnsureLiveInput"]);
    expect(items[1]).toEqual({
      id: expect.any(Number) as number,
      type: "EnsureLiveInput",
      description: "make the live input ready",
      channel: "channel_1",
      status: "open",
      attempts: 0,
      error: null,
      isPaid: false,
      createdAt: expect.any(String) as string,
      finishedAt: null,
    });
  });

  it("chooses by status, and fits 80 columns with any error", async () => {
    const [start, ensure] = await list("--channel", "channel_1");
    await die(ensure?.id ?? 0, "stopped: HTTP 500, ".repeat(20));
    expect(await list("--dead")).toMatchObject([{ id: ensure?.id, status: "dead" }]);
    expect(await list("--status", "open")).toMatchObject([{ id: start?.id }]);
    expect(await list("--limit", "1")).toHaveLength(1);
    expect(await list("--channel", "nowhere")).toEqual([]);
    const { lines } = await service.tally(["effects", "list"]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[0]).toMatch(/^ID +TYPE +CHANNEL +STATUS +TRIES +ERROR/);
    expect(await service.tally(["effects", "list", "--dead", "--status", "open"])).toMatchObject({ code: 2 });
  });
});

describe("effects retry", () => {
  it("refuses what is not dead, not wanted any more, or not there", async () => {
    const [start, ensure] = await list("--channel", "channel_1");
    const retry = (id: unknown) => service.tally(["effects", "retry", String(id)]);
    expect(await retry(start?.id)).toMatchObject({
      code: 1,
      err: expect.stringContaining("not dead but open") as string,
    });
    expect(await retry(ensure?.id)).toMatchObject({
      code: 1,
      err: expect.stringContaining("not wanted any more") as string,
    });
    expect(await retry(999_999)).toMatchObject({ code: 1, err: expect.stringContaining("no effect 999999") as string });
    expect(await retry("x")).toMatchObject({ code: 2 });
    expect(await list("--dead")).toMatchObject([{ id: ensure?.id }]);
  });

  it("gives an effect that is still wanted a job again", async () => {
    await service.simulate("host-joins", "channel_2");
    const [ensure] = await list("--channel", "channel_2");
    const id = ensure?.id ?? 0;
    await die(id, "internal error");
    await service.knex.raw(`select "${service.schema}_jobs".remove_job(?)`, [`effect:${id}`]);
    expect(await jobs(id)).toBe(0);
    const { code, json } = await service.tally(["effects", "retry", String(id), "--json"]);
    expect([code, json()]).toMatchObject([0, { id, type: "EnsureLiveInput", status: "open" }]);
    expect(await jobs(id)).toBe(1);
  });

  it("has a recorder stopped again that could not be stopped", async () => {
    await goLive(service, "channel_3");
    const session = await service.tally(["sessions", "stop", "3-1", "--yes"]);
    expect(session.code).toBe(0);
    const [stop] = await list("--channel", "channel_3");
    const id = stop?.id ?? 0;
    await die(id, "stop: HTTP 500");
    const early = await service.tally(["effects", "retry", String(id)]);
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining("Tally is stopping that recorder") as string });

    const resourceId = "channel_3-resource";
    await service.answer("channel_3", { type: "RecorderStopDied", resourceId, round: 1, error: "stop: HTTP 500" });
    expect(await service.tally(["effects", "retry", String(id)])).toMatchObject({ code: 0 });
    const effects = await list("--channel", "channel_3");
    expect(effects.filter(({ type }) => type === "StopRecorder")).toMatchObject([
      { type: "StopRecorder", status: "open" },
      { id, status: "failed" },
    ]);

    await service.simulate("recorder-stopped", "channel_3");
    await die(id, "stop: HTTP 500");
    const late = await service.tally(["effects", "retry", String(id)]);
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining("recorder has ended") as string });
  });
});
