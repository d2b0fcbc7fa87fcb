import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { EventRow } from "../../src/eventlog/index.ts";
import { describeType } from "../../src/webhooks/index.ts";
import { misreadJoin } from "./misread-join.ts";
import { type Service, startService } from "./service.ts";

let service: Service;

beforeAll(async () => {
  service = await startService();
  await service.simulate("host-joins", "channel_42");
  await service.tally(["simulate", "audience-joins", "channel_42", "--count", "2", "--url", service.url]);
  await service.simulate("host-drops", "channel_42");
  await service.append(
    row({ dedupeKey: "odd", type: "live_input.disconnected", source: "cloudflare", note: "n ".repeat(99) }),
  );
});
afterAll(() => service.stop());

/** An Agora event of a channel that nobody knows, unless told otherwise. */
function row(of: Partial<EventRow> & { note?: string }): EventRow {
  return {
    source: "agora",
    dedupeKey: "1",
    type: "rtc.103",
    route: null,
    occurredAt: null,
    payload: { made: "up" },
    raw: null,
    bodySha256: null,
    headers: null,
    status: "ignored",
    ...of,
  };
}

interface Item {
  id: number;
  type: string;
  channel: string | null;
  status: string;
  receivedAt: string;
}

async function list(...argv: string[]): Promise<Item[]> {
  const { code, json, err } = await service.tally(["events", "list", "--json", ...argv]);
  if (code !== 0) throw new Error(err);
  return (json() as { items: Item[] }).items;
}

describe("events list", () => {
  it("has the newest first, with what programs need of each", async () => {
    const items = await list();
    expect(items.map(({ id }) => id)).toEqual(items.map(({ id }) => id).sort((a, b) => b - a));
    expect(items.find(({ type }) => type === "rtc.103")).toEqual({
      id: expect.any(Number) as number,
      source: "agora",
      description: "host joined",
      type: "rtc.103",
      status: "applied",
      channel: "channel_42",
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      note: null,
    });
  });

  it.each([
    [["--type", "103"], ["rtc.103"]],
    [["--type", "rtc.104"], ["rtc.104"]],
    [["--type", "10"], []],
    [["--source", "cloudflare"], ["live_input.disconnected"]],
    [["--status", "ignored"], ["live_input.disconnected"]],
    [
      ["--channel", "channel_42", "--type", "105"],
      ["rtc.105", "rtc.105"],
    ],
    [["--type", "105", "--limit", "1"], ["rtc.105"]],
    [["--channel", "elsewhere"], []],
    [["--since", "1h", "--type", "103"], ["rtc.103"]],
    [["--until", "1h"], []],
  ])("%j finds %j", async (argv, types) => {
    expect((await list(...argv)).map(({ type }) => type)).toEqual(types);
  });

  it("fits 80 columns, says what each type means, and cuts long notes", async () => {
    const { lines, err } = await service.tally(["events", "list"]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[0]).toMatch(/^ID +TIME UTC +SOURCE +EVENT +CHANNEL +STATUS/);
    expect(lines.join("\n")).toMatch(/ agora +rtc\.103 host joined +channel_42 +applied/);
    expect(err).toBe("");
  });

  it("uses the width that there is", async () => {
    await service.append(
      row({ dedupeKey: "wide", note: "because ".repeat(30), route: { kind: "channel", key: "c".repeat(64) } }),
    );
    const narrow = await service.tally(["events", "list"], { columns: 60 });
    expect(Math.max(...narrow.lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    const wide = await service.tally(["events", "list"], { columns: 400 });
    expect(wide.out).toContain("c".repeat(64));
  });

  it("puts a note below its event, whole, where it doesn't fit", async () => {
    const note = "ignored because of a reason that takes much more than what is left of a line of a terminal";
    const [stored] = await service.append(row({ dedupeKey: "noted", note }));
    const id = stored?.id ?? 0;
    const { lines } = await service.tally(["events", "list", "--limit", "1"]);
    expect(lines[1]).toMatch(new RegExp(`^${id} `));
    expect(
      lines
        .slice(2)
        .map((line) => line.replace(/^ {4}/, ""))
        .join(" "),
    ).toBe(note);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const wide = await service.tally(["events", "list", "--limit", "1"], { columns: 400 });
    expect(wide.lines[1]).toContain(note);
    await service.knex.withSchema(service.schema).table("events").where({ id }).del();
  });

  it("shows the date of other days' events", async () => {
    const { out } = await service.tally(["events", "list", "--limit", "1"], { now: () => new Date("2030-01-01") });
    expect(out).toMatch(/ \d{4}-\d\d-\d\d \d\d:\d\d /);
  });

  it("tells that there may be more, beside the list", async () => {
    const { err, lines } = await service.tally(["events", "list", "--limit", "2"], { columns: 400 });
    expect([lines.length, err]).toEqual([3, "These are the newest 2; --limit shows more.\n"]);
  });

  it.each([
    [["--since", "yesterday"], "30m, 2h, 3d"],
    [["--status", "done"], "Allowed choices are pending"],
    [["--source", "aws"], "Allowed choices are agora"],
    [["--limit", "0"], "a whole number from 1"],
    [["--colour"], "unknown option"],
    [["more"], "too many arguments"],
  ])("refuses %j as wrong usage", async (argv, words) => {
    const ran = await service.tally(["events", "list", ...argv]);
    expect(ran).toMatchObject({ code: 2, out: "", err: expect.stringContaining(words) as string });
  });
});

describe("events show", () => {
  it("shows everything, the payload laid out", async () => {
    const [item] = await list("--type", "103", "--channel", "channel_42");
    const id = String(item?.id);
    const { out } = await service.tally(["events", "show", id]);
    expect(out).toContain("rtc.103 host joined");
    expect(out).toContain('    "channelName": "channel_42"');
    const { json } = await service.tally(["events", "show", id, "--json"]);
    expect(json()).toMatchObject({ id: item?.id, channel: "channel_42", payload: { productId: 1 }, appliedVersion: 1 });
  });

  it("can't be made to speak to the terminal", async () => {
    const [event] = await service.append(row({ dedupeKey: "evil", payload: undefined, raw: "\u001b[2Jgone" }));
    const { out } = await service.tally(["events", "show", String(event?.id)]);
    expect(out).not.toContain("\u001b");
  });

  it("ends with 1 for an event that isn't there, and with 2 for what is no id", async () => {
    expect(await service.tally(["events", "show", "999999"])).toMatchObject({ code: 1, out: "" });
    expect(await service.tally(["events", "show", "x"])).toMatchObject({ code: 2, out: "" });
    expect(await service.tally(["events", "show"])).toMatchObject({ code: 2, out: "" });
  });
});

describe("events replay", () => {
  const joined = describeType("rtc.103");
  let name: string;
  let joinId: number;
  let channels = 0;

  /** A channel whose host's join an older version did not understand. */
  beforeEach(async () => {
    name = `replayed_${++channels}`;
    joinId = await misreadJoin(service, name);
  });

  const replay = (...argv: string[]) => service.tally(["events", "replay", String(joinId), ...argv]);
  const show = async () => (await service.tally(["channels", "show", name, "--json"])).json();
  const untouched = { state: "idle", hold: null, host: { present: false }, version: 1 };
  const effects = async () =>
    (await service.tally(["effects", "list", "--channel", name, "--json"])).json() as { items: { type: string }[] };

  it("shows the plan and does nothing when nobody is there to ask: exit 1", async () => {
    const { code, out, err, lines } = await replay();
    expect([code, err]).toEqual([1, expect.stringContaining("--yes")]);
    expect(out.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "{time}")).toBe(`1 event to process again, of 1 channel.

${name}
  - idle
  + idle, host present, held: replay
  host.present: false → true
  host.since: none → {time}
  reason.code: none → replay
  - reason.message: none
  + reason.message: History was processed again; the channel starts with the
    host's next event.
  hold.reason: none → replay
  in the channel: none → 5
  held, or it would make the live input ready, and then start a recorder
    (paid); the host is here now: --act starts it at once

1 of 1 channel differs.
Held until the host's next event or "tally channels release": 1 channel.
--act lets the new state start what it asks for.
`);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(await show()).toMatchObject(untouched);
  });

  it("prints the plan for programs, and does nothing with --dry-run: exit 0", async () => {
    const { code, json } = await replay("--dry-run", "--json");
    expect(await show()).toMatchObject({ unheeded: { count: 1, eventId: joinId, status: "unrecognised" } });
    const words = `1 notice unrecognised: ${joined} (event ${joinId})`;
    expect((await service.tally(["channels", "show", name])).out).toMatch(`not acted upon  ${words}`);
    expect((await service.tally(["channels", "list"])).out).toMatch(new RegExp(`${name} .* 1 notice unrecog`));
    expect([code, json()]).toMatchObject([
      0,
      {
        events: 1,
        channels: [
          {
            channel: name,
            before: { state: "idle", hold: null },
            after: { hold: { reason: "replay" }, host: { present: true } },
            effects: ["EnsureLiveInput"],
            hold: true,
          },
        ],
      },
    ]);
    expect(await show()).toMatchObject(untouched);
  });

  it("does it with --yes, and starts nothing: the channel is held", async () => {
    const { code, out } = await replay("--yes");
    expect([code, out]).toEqual([0, expect.stringContaining("1 of 1 channel changed")]);
    expect(out.replace(/\s+/g, " ")).toContain(`${name}: held, and starts nothing until the host's next event`);
    expect(await show()).toMatchObject({
      unheeded: null,
      hold: { reason: "replay" },
      host: { present: true },
      sessions: [],
    });
    expect(await effects()).toEqual({ items: [] });
    const { out: list } = await service.tally(["channels", "list"]);
    expect(list).toMatch(new RegExp(`${name} .* replay `));

    expect(await service.tally(["channels", "release", name])).toMatchObject({ code: 0 });
    expect(await effects()).toMatchObject({ items: [{ type: "EnsureLiveInput" }] });
  });

  it("lets the new state start what it wants with --act", async () => {
    const { code, out } = await replay("--act", "--yes");
    expect([code, out]).toEqual([0, expect.stringContaining("+ idle, host present\n  > starting, host present\n")]);
    expect(out).toMatch(/^Done: 1 of 1 channel changed; \d+ events? in \d+\.\d s\.$/m);
    expect(out.replace(/\s+/g, " ")).toContain(
      `${name}: to make the live input ready, and then start a recorder (paid); ` +
        `"tally channels show ${name}" says how it goes.`,
    );
    expect(await show()).toMatchObject({ state: "starting", hold: null });
    expect(await effects()).toMatchObject({ items: [{ type: "EnsureLiveInput", status: "open" }] });
  });

  it("is told as what opened the session, with the host who came long before", async () => {
    const { knex, schema } = service;
    const anHourAgo = knex.raw("received_at - interval '1 hour'");
    await knex.withSchema(schema).table("events").where({ id: joinId }).update({ received_at: anHourAgo });
    expect(await replay("--act", "--yes")).toMatchObject({ code: 0 });
    const id = `${await service.channelId(name)}-1`;
    const { out } = await service.tally(["sessions", "timeline", id], { columns: 200 });
    const told = out.split("\n").map((line) => line.slice(20).trim());
    expect(out).toMatch(new RegExp(`^Session 1 of ${name} \\(${id}\\), `));
    expect(told).toContainEqual(expect.stringMatching(/host +Host 5 joined$/));
    expect(told).toContainEqual(expect.stringMatching(/a host is here \(uid 5\), as the replay showed$/));
    expect(out).not.toContain("for the record");
    const shown = await service.tally(["sessions", "show", id]);
    expect(shown.out).toMatch(/^cause +a host is here \(uid 5\), as the replay showed$/m);
  });

  it("does what the person at the terminal says", async () => {
    const questions: string[] = [];
    const answer = (yes: boolean) => (question: string) => {
      questions.push(question);
      return Promise.resolve(yes);
    };
    const argv = ["events", "replay", "--channel", name, "--status", "unrecognised"];
    expect(await service.tally(argv, { ask: answer(false) })).toMatchObject({ code: 1, err: "Nothing was done.\n" });
    expect(await show()).toMatchObject(untouched);
    expect(await service.tally(argv, { ask: answer(true) })).toMatchObject({ code: 0 });
    expect(await show()).toMatchObject({ host: { present: true } });
    expect(questions).toEqual(["Replay 1 event?", "Replay 1 event?"]);
  });

  it("changes nothing the second time", async () => {
    await replay("--yes");
    expect(await replay("--yes")).toMatchObject({
      code: 0,
      out: expect.stringContaining("0 of 1 channel differs") as string,
    });
  });

  it("does nothing at all if one of the ids is not there", async () => {
    expect(await replay("999999", "--yes")).toMatchObject({
      code: 1,
      err: expect.stringContaining("999999") as string,
    });
    expect(await show()).toMatchObject(untouched);
  });

  it("is done at once where no event fits", async () => {
    const { code, json } = await service.tally(["events", "replay", "--channel", "elsewhere", "--json"]);
    expect([code, json()]).toEqual([0, { events: 0, isTruncated: false, channels: [] }]);
  });

  it("has nothing to ask for where no event belongs to a channel", async () => {
    const [stray] = await service.append(row({ dedupeKey: "stray" }));
    const ran = await service.tally(["events", "replay", String(stray?.id)]);
    expect(ran).toMatchObject({ code: 0, out: "1 event to process again, of 0 channels.\n" });
  });

  it("tells when there may be more than it takes", async () => {
    const ran = await service.tally(["events", "replay", "--since", "1h", "--limit", "2", "--dry-run"]);
    expect(ran).toMatchObject({ code: 0, err: "These are the newest 2 that fit; --limit takes more.\n" });
  });

  it("wants to know which events: exit 2", async () => {
    expect(await service.tally(["events", "replay", "--yes"])).toMatchObject({ code: 2, out: "" });
    expect(await service.tally(["events", "replay", "one"])).toMatchObject({ code: 2, out: "" });
  });
});
