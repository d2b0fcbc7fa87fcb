import { randomUUID } from "node:crypto";

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
  const retry = (...argv: unknown[]) => service.tally(["effects", "retry", ...argv.map(String), "--yes"]);
  const newest = async (channel: string, type: string): Promise<number> => {
    const found = (await list("--channel", channel)).find((effect) => effect.type === type);
    if (found === undefined) throw new Error(`${channel} has no ${type}`);
    return found.id;
  };

  it("refuses what is not dead, not wanted any more, or not there", async () => {
    const start = await newest("channel_1", "StartRelay");
    const ensure = await newest("channel_1", "EnsureLiveInput");
    const refusal = (words: string) => ({ code: 1, err: expect.stringContaining(words) as string });
    expect(await retry(start)).toMatchObject(refusal("not dead but open"));
    expect(await retry(ensure)).toMatchObject(refusal("not wanted any more"));
    expect(await retry(999_999)).toMatchObject(refusal("no effect 999999"));
    expect(await retry("x")).toMatchObject({ code: 2 });
    expect(await list("--dead")).toMatchObject([{ id: ensure }]);
  });

  it("says what will be called and why it died, and asks; unanswered it does nothing", async () => {
    await service.simulate("host-joins", "channel_2");
    const id = await newest("channel_2", "EnsureLiveInput");
    await die(id, "internal error: \u001b[31mno such host");
    const asked: string[] = [];
    const ask = (question: string) => Promise.resolve(asked.push(question) > 1);
    const { code, lines } = await service.tally(["effects", "retry", String(id)], { ask });
    expect([code, asked]).toEqual([1, ["Make 1 call again?"]]);
    expect(lines).toEqual([
      `${id}  EnsureLiveInput of channel_2: Tally asks Cloudflare for the channel's live input, and makes it if there is none.`,
      `${" ".repeat(String(id).length)}  It died of: internal error:  [31mno such host`,
    ]);
    const unanswered = await service.tally(["effects", "retry", String(id)]);
    expect(unanswered).toMatchObject({ code: 1, err: expect.stringContaining("--yes does it unasked") as string });
    expect(await list("--channel", "channel_2", "--dead")).toMatchObject([{ id }]);
  });

  it("gives an effect that is still wanted a job again; of several, all or none", async () => {
    const id = await newest("channel_2", "EnsureLiveInput");
    await service.knex.raw(`select "${service.schema}_jobs".remove_job(?)`, [`effect:${id}`]);
    await service.simulate("host-joins", "channel_4");
    const other = await newest("channel_4", "EnsureLiveInput");
    expect(await retry(id, other)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`${other} is not dead`) as string,
    });
    expect(await jobs(id)).toBe(0);
    await die(other, "internal error");
    const { code, json } = await retry(other, id, id, "--json");
    expect([code, json()]).toMatchObject([
      0,
      {
        items: [
          { id, status: "open" },
          { id: other, status: "open" },
        ],
      },
    ]);
    expect([await jobs(id), await jobs(other)]).toEqual([1, 1]);
  });

  it("has a recorder stopped again that could not be stopped", async () => {
    await goLive(service, "channel_3");
    const session = await service.tally(["sessions", "stop", "3-1", "--yes"]);
    expect(session.code).toBe(0);
    const id = await newest("channel_3", "StopRecorder");
    await die(id, "stop: HTTP 500");
    const early = await retry(id);
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining("Tally is stopping that recorder") as string });

    const resourceId = "channel_3-resource";
    await service.answer("channel_3", { type: "RecorderStopDied", resourceId, round: 1, error: "stop: HTTP 500" });
    const { code, out } = await retry(id);
    expect([code, out]).toEqual([0, expect.stringContaining(`has Agora stop recorder ${resourceId}`)]);
    const effects = await list("--channel", "channel_3");
    expect(effects.filter(({ type }) => type === "StopRecorder")).toMatchObject([
      { type: "StopRecorder", status: "open" },
      { id, status: "failed" },
    ]);

    await service.simulate("recorder-stopped", "channel_3");
    await die(id, "stop: HTTP 500");
    const late = await retry(id);
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining("recorder has ended") as string });
  });

  it("has a video deleted again that was given up: an operator's event, so that a rebuild knows it too", async () => {
    const about = { session: 1, video: "video-1" };
    await goLive(service, "channel_5");
    await service.answer("channel_5", { type: "VideoExpired", ...about });
    const id = await newest("channel_5", "DeleteVideo");
    await die(id, "video.delete: HTTP 403: no leave");
    expect(await retry(id)).toMatchObject({ code: 1, err: expect.stringContaining("not wanted any more") as string });

    await service.answer("channel_5", { type: "VideoDeletionDied", ...about, round: 1, error: "no leave" });
    const { code, out } = await retry(id);
    expect(code).toBe(0);
    expect(out).toContain("has Cloudflare delete video video-1 of session 1.");
    expect(out).toContain("It died of: video.delete: HTTP 403: no leave");
    const again = await newest("channel_5", "DeleteVideo");
    expect(again).toBeGreaterThan(id);
    expect(await list("--channel", "channel_5", "--dead")).toEqual([]);
    expect(await jobs(again)).toBe(1);
    const events = await service.tally(["events", "list", "--channel", "channel_5", "--json", "--limit", "1000"]);
    const { items } = events.json() as { items: { source: string; type: string }[] };
    expect(items).toContainEqual(expect.objectContaining({ source: "operator", type: "VideoDeletionRetried" }));
    expect(await service.tally(["channels", "rebuild", "channel_5"])).toMatchObject({ code: 0 });

    await service.answer("channel_5", { type: "VideoDeleted", ...about, round: 2 });
    await die(id, "no leave");
    expect(await retry(id)).toMatchObject({ code: 1, err: expect.stringContaining("not wanted any more") as string });
  });

  it("sends who would start a recording that died to the hold that it led to", async () => {
    await service.simulate("host-joins", "channel_6");
    await service.answer("channel_6", { type: "LiveInputReady", liveInput: "input-6", playbackBase: null });
    const id = await newest("channel_6", "StartRelay");
    await die(id, "internal error");
    await service.answer("channel_6", {
      ...{ type: "RelayStartFailed", session: 1, attempt: 1, uid: 999_000 + (await service.channelId("channel_6")) },
      ...{ resourceId: null, disposition: "final", mayRun: false, retryAfterMs: null },
      error: { provider: "agora", operation: "StartRelay", status: null, code: null, message: "internal error" },
    });
    const { code, err } = await retry(id);
    expect(code).toBe(1);
    expect(err).toContain("channel_6 has gone on without it.");
    expect(err).toContain('held (gave_up): to release it lets it start ("tally channels release channel_6")');
    expect(await service.tally(["channels", "release", "channel_6"])).toMatchObject({ code: 0 });
    const again = await newest("channel_6", "StartRelay");
    expect(again).toBeGreaterThan(id);
    expect(await jobs(again)).toBe(1);
    expect(await list("--channel", "channel_6", "--dead")).toMatchObject([{ id }]);
  });
});

describe("effects dismiss", () => {
  const dismiss = (...ids: (number | undefined)[]) => service.tally(["effects", "dismiss", ...ids.map(String)]);
  const refusal = (words: string) => ({ code: 1, err: expect.stringContaining(words) as string });

  it("puts aside what nobody wants any more, and says who did; of several all or none", async () => {
    const [unwanted] = await list("--channel", "channel_6", "--dead");
    await service.simulate("host-joins", "channel_8");
    const [wanted] = await list("--channel", "channel_8");
    expect(await dismiss(wanted?.id)).toMatchObject(refusal("not dead but open"));
    await die(wanted?.id ?? 0, "internal error");
    expect(await dismiss(unwanted?.id, wanted?.id)).toMatchObject(refusal(`${wanted?.id} is still wanted: channel_8`));
    expect(await list("--channel", "channel_6", "--dead")).toMatchObject([{ id: unwanted?.id }]);

    expect(await dismiss(unwanted?.id)).toMatchObject({ code: 0, out: "Done: 1 effect put aside.\n" });
    expect(await list("--channel", "channel_6", "--dead")).toEqual([]);
    expect(await list("--channel", "channel_6", "--status", "failed")).toMatchObject([{ id: unwanted?.id }]);
    const events = await service.tally(["events", "list", "--channel", "channel_6", "--json", "--limit", "1"]);
    expect(events.json()).toMatchObject({ items: [{ source: "operator", type: "EffectDismissed" }] });
    expect(await dismiss(unwanted?.id)).toMatchObject(refusal("not dead but failed"));
  });
});

describe("effects show", () => {
  it("shows what it asks, its calls, and how to try it again", async () => {
    await goLive(service, "shown");
    const [start] = await list("--channel", "shown");
    const id = start?.id ?? 0;
    await service.knex
      .withSchema(service.schema)
      .table("provider_calls")
      .insert({
        id: randomUUID(),
        at: new Date(),
        host: "api.agora.io",
        channel_id: await service.channelId("shown"),
        effect_id: id,
        attempt: 1,
        provider: "agora",
        operation: "start",
        method: "POST",
        path: "/v1/start",
        status: 500,
        outcome: "retry",
        error: "sorry",
      });
    const { out, lines } = await service.tally(["effects", "show", String(id)]);
    expect(out).toMatch(/^asks +start a recorder, which costs money$/m);
    expect(out).toMatch(/agora start +500 +retry/);
    expect(out).toContain("sorry");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const { json } = await service.tally(["effects", "show", String(id), "--json"]);
    expect(json()).toMatchObject({ id, calls: [{ operation: "start" }], retry: { possible: false } });
    await die(id, "HTTP 500");
    expect((await service.tally(["effects", "show", String(id)])).out).toMatch(/^to try again +Effect/m);
    expect(await service.tally(["effects", "show", "999999"])).toMatchObject({ code: 1, out: "" });
  });
});
