import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Service, startService } from "./service.ts";

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** A host came and went before a recorder was started, `days` ago. */
async function visit(channel: string, days = 0): Promise<void> {
  await service.simulate("host-joins", channel);
  await service.simulate("host-leaves", channel);
  await service.tally(["channels", "release", channel]);
  await service.knex.raw(
    `update tally.channels set is_active = false, state = jsonb_set(state, '{session}', 'null') where name = '${channel}';
     update tally.effects set status = 'cancelled';
     update tally.events set received_at = received_at - interval '${days} days'
       where channel_id = (select id from tally.channels where name = '${channel}')`,
  );
}

describe("retention run", () => {
  it("says what is too old and deletes it when it is told to", async () => {
    await visit("closed", 10);
    const env = { ...service.env, EVENTS_RETENTION_DAYS: "9" };
    const planned = await service.tally(["retention", "run", "--dry-run"], { env });
    expect(planned.code).toBe(0);
    expect(planned.lines[0]).toMatch(/^WHAT +KEPT FOR +TOO OLD$/);
    expect(planned.out).toMatch(/^events of the log +9 days +[1-9]\d*$/m);
    expect(planned.lines.filter((line) => line.length > 80)).toEqual([]);

    expect(await service.tally(["retention", "run"], { env })).toMatchObject({ code: 1 });
    const done = await service.tally(["retention", "run", "--yes"], { env });
    expect(done.out).toMatch(/^Deleted: \d+ rows\.$/m);
    const rest = (await service.tally(["retention", "run", "--json"], { env })).json();
    expect(rest).toMatchObject({ keeps: [] });
    expect((rest as { deletes: { rows: number }[] }).deletes.filter(({ rows }) => rows > 0)).toEqual([]);
    expect((await service.tally(["events", "list", "--channel", "closed"])).err).toContain("No event fits.");
    const rebuilt = await service.tally(["channels", "rebuild", "closed"]);
    expect(rebuilt.out).toMatch(/events up to \S+ are not kept any more/);

    await service.simulate("host-joins", "closed");
    const exported = await service.tally(["events", "export", "--channel", "closed"]);
    expect(exported.err).toContain("Older events of 1 channel are not kept any more");
  });

  it("keeps events for ever where nobody says otherwise", async () => {
    const { out } = await service.tally(["retention", "run", "--dry-run"]);
    expect(out).toMatch(/^events of the log +ever +0$/m);
  });
});

describe("people erase", () => {
  it("says where a person is found, asks, and erases them", async () => {
    await visit("theirs");
    const [event] = (
      (await service.tally(["events", "list", "--channel", "theirs", "--type", "103", "--json"])).json() as {
        items: { id: number }[];
      }
    ).items;
    const show = async () => (await service.tally(["events", "show", String(event?.id)])).out;
    const uid = /"uid": (\d+)/.exec(await show())?.[1] ?? "";
    const planned = await service.tally(["people", "erase", uid, "--channel", "theirs", "--dry-run"]);
    expect(planned).toMatchObject({ code: 0, out: "theirs: 2 events to change\n" });
    const asked: string[] = [];
    const ask = (question: string) => Promise.resolve(asked.push(question) > 0);
    const done = await service.tally(["people", "erase", uid, "--channel", "theirs"], { ask });
    expect(asked).toEqual([`Erase ${uid}? It can't be taken back.`]);
    expect(done).toMatchObject({ code: 0, out: `theirs: 2 events to change\n${uid} is erased.\n` });
    expect(await show()).not.toMatch(new RegExp(`\\b${uid}\\b`));
    expect(await show()).toMatch(/^erased from at +20/m);
    const again = await service.tally(["people", "erase", uid, "--channel", "theirs", "--yes"]);
    expect(again).toMatchObject({ code: 0, out: `Nothing is kept of ${uid}.\n` });
  });

  it("refuses whoever is there, and what is no uid", async () => {
    await service.simulate("host-joins", "here");
    const { code, err } = await service.tally(["people", "erase", "1001", "--channel", "here", "--yes"]);
    expect([code, err]).toEqual([1, expect.stringContaining('"tally channels catch-up here" asks Agora')]);
    expect(await service.tally(["people", "erase", "4294967296"])).toMatchObject({ code: 2 });
    expect(await service.tally(["people", "erase", "7", "--channel", "nowhere"])).toMatchObject({ code: 1 });
  });
});
