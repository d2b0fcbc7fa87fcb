import { beforeAll, describe, expect, it } from "vitest";

import {
  allSessionsAnswer,
  checkAnswer,
  effectAnswer,
  effectDetailAnswer,
  effectListAnswer,
  eventDetailAnswer,
  eventListAnswer,
} from "../../src/api/operators/schemas.ts";
import { statusAnswer } from "../../src/api/status-schema.ts";
import type { EffectStatus } from "../../src/db/index.ts";
import { getEvent, listEvents } from "../../src/eventlog/index.ts";
import { createKey } from "../../src/keys/index.ts";
import { expectProblem, type Service, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(async () => {
  service = started();
  await goLive("channel_7", 7);
  await service.notifyAndWait(103, "channel_8", 1);
});

const resource = (id: number) => `resource-${id}`;

/** A channel whose recorder runs. */
async function goLive(name: string, id: number): Promise<void> {
  await service.notifyAndWait(103, name, 1);
  await service.tell(id, { type: "LiveInputReady", liveInput: `input-${id}`, playbackBase: null });
  await service.tell(
    id,
    { type: "RecorderAcquired", session: 1, attempt: 1, uid: 999_000 + id, resourceId: resource(id) },
    { type: "RecorderStartAccepted", resourceId: resource(id), recordingSid: `sid-${id}` },
  );
}

const listed = async (query = "") =>
  eventListAnswer.parse((await service.call("get", `/v1/events${query}`).expect(200)).body);
const effects = async (query = "") =>
  effectListAnswer.parse((await service.call("get", `/v1/effects${query}`).expect(200)).body);
const effectOf = async (id: number) =>
  effectDetailAnswer.parse((await service.call("get", `/v1/effects/${id}`).expect(200)).body);
const setStatus = (id: number, status: EffectStatus) =>
  service.database.knex.withSchema(service.database.schema).table("effects").where({ id }).update({ status });

/** The newest effect of a type. */
async function newest(channel: string, type: string): Promise<number> {
  const { items } = await effects(`?channel=${channel}`);
  const found = items.find((item) => item.type === type);
  if (found === undefined) throw new Error(`${channel} has no ${type}`);
  return found.id;
}

/** What the operators' part of the log holds of a channel, newest first. */
async function asked(channel: string) {
  const events = await listEvents(service.database, { channel, source: "operator" });
  return events.map(({ payload }) => payload as { type: string; by: string });
}

describe("GET /v1/events", () => {
  it("has the newest first, each with what its type means", async () => {
    const { items } = await listed("?channel=channel_8");
    expect(items.map(({ id }) => id)).toEqual(items.map(({ id }) => id).sort((a, b) => b - a));
    expect(items.at(-1)).toMatchObject({
      source: "agora",
      type: "rtc.103",
      description: "host joined",
      status: "applied",
      channel: "channel_8",
    });
  });

  it("chooses by each of its filters, and by all of them", async () => {
    const all = (await listed("?limit=1000")).items;
    const only = async (query: string) => (await listed(`?limit=1000&${query}`)).items;
    expect(await only("source=agora")).toEqual(all.filter(({ source }) => source === "agora"));
    expect(await only("status=ignored")).toEqual(all.filter(({ status }) => status === "ignored"));
    expect(await only("type=103")).toEqual(all.filter(({ type }) => type === "rtc.103"));
    expect(await only("type=RelayRequested")).toEqual(all.filter(({ type }) => type === "RelayRequested"));
    const receivedAt = all[2]?.receivedAt ?? "";
    const isSince = (at: string) => at >= receivedAt;
    expect(await only(`since=${receivedAt}`)).toEqual(all.filter((item) => isSince(item.receivedAt)));
    expect(await only(`until=${receivedAt}`)).toEqual(all.filter((item) => !isSince(item.receivedAt)));
    expect(await only("channel=channel_7&source=agora&type=103&status=applied")).toHaveLength(1);
    expect(await only("channel=nowhere")).toEqual([]);
  });

  it("finds what came for a channel that nobody knows", async () => {
    await service.notify(101, "unknown", 0);
    expect((await listed("?channel=unknown")).items).toMatchObject([{ channel: "unknown", type: "rtc.101" }]);
  });

  it("has pages that stay as they are while events come in", async () => {
    const before = (await listed("?limit=1000")).items.map(({ id }) => id);
    const found: number[] = [];
    let next: number | null = null;
    do {
      const page = await listed(next === null ? "?limit=3" : `?limit=3&before=${next}`);
      expect(page.items.length).toBeLessThanOrEqual(3);
      found.push(...page.items.map(({ id }) => id));
      await service.notifyAndWait(103, "channel_9", found.length);
      next = page.next;
    } while (next !== null);
    expect(found).toEqual(before);
  });

  it.each([
    ["?limit=0", "limit"],
    ["?before=x", "before"],
    ["?since=yesterday", "since"],
    ["?status=done", "status"],
    ["?source=aws", "source"],
    ["?channel=%00", "channel"],
    ["?type=%00", "type"],
  ])("refuses %s, and names what doesn't fit", async (query, member) => {
    const response = await service.call("get", `/v1/events${query}`);
    expectProblem(response, 400, "invalid_request");
    expect(response.body).toMatchObject({ errors: [{ path: member }] });
  });
});

describe("GET /v1/events/{id}", () => {
  it("has everything about it, its body too", async () => {
    const [item] = (await listed("?channel=channel_7&type=103")).items;
    const response = await service.call("get", `/v1/events/${item?.id}`).expect(200);
    const stored = await getEvent(service.database, item?.id ?? 0);
    expect(eventDetailAnswer.parse(response.body)).toMatchObject({
      ...item,
      payload: stored?.payload,
      dedupeKey: stored?.dedupeKey,
      route: { kind: "channel", key: "channel_7" },
      appliedVersion: 1,
    });
  });

  it("refuses what isn't there, or is no id", async () => {
    expectProblem(await service.call("get", "/v1/events/999999999"), 404, "event_unknown");
    for (const id of ["x", "0", "-1", "1.5", "9".repeat(30)]) {
      expectProblem(await service.call("get", `/v1/events/${id}`), 400, "invalid_request");
    }
  });
});

describe("GET /v1/effects", () => {
  it("has the newest first, and tells which of them cost money", async () => {
    const { items, next } = await effects("?channel=channel_7");
    expect(next).toBeNull();
    expect(items.filter(({ type }) => !type.startsWith("Check"))).toMatchObject([
      { type: "StartRelay", description: "start a recorder", isPaid: true, status: "open" },
      { type: "EnsureLiveInput", description: "make the live input ready", isPaid: false, status: "open" },
    ]);
  });

  it("chooses by status and goes page by page", async () => {
    const { items } = await effects();
    const first = await effects("?limit=1");
    expect(first.items).toEqual(items.slice(0, 1));
    expect((await effects(`?limit=1&before=${first.next}`)).items).toEqual(items.slice(1, 2));
    expect((await effects("?status=dead")).items).toEqual([]);
    expectProblem(await service.call("get", "/v1/effects?status=gone"), 400, "invalid_request");
  });
});

describe("POST /v1/effects/{id}/retry", () => {
  const retry = (id: number) => service.call("post", `/v1/effects/${id}/retry`);

  it("refuses what isn't there, isn't dead, or isn't wanted any more, and says so beforehand", async () => {
    expectProblem(await retry(999_999), 404, "effect_unknown");
    expectProblem(await service.call("get", "/v1/effects/999999"), 404, "effect_unknown");
    const id = await newest("channel_7", "EnsureLiveInput");
    expectProblem(await retry(id), 409, "effect_not_dead");
    await setStatus(id, "dead");
    expect(await effectOf(id)).toMatchObject({
      calls: [],
      retry: { possible: false, why: `Effect ${id} is not wanted any more: channel_7 has gone on without it.` },
    });
    expectProblem(await retry(id), 409, "effect_not_wanted");
    expect(await effectOf(id)).toMatchObject({ status: "dead" });
  });

  it("gives one that is still wanted a job, and the log says who asked", async () => {
    const { text, row } = await createKey(service.database, { name: "night shift", scope: "operate" });
    const id = await newest("channel_8", "EnsureLiveInput");
    await setStatus(id, "dead");
    expect((await effectOf(id)).retry).toEqual({
      possible: true,
      does: "Tally asks Cloudflare for the channel's live input, and makes it if there is none.",
      why: null,
    });
    const response = await service.anonymous.post(`/v1/effects/${id}/retry`).set("authorization", `Bearer ${text}`);
    expect(response.status).toBe(202);
    expect(effectAnswer.parse(response.body)).toMatchObject({ id, status: "open", finishedAt: null });
    const { rows } = await service.database.knex.raw<{ rows: unknown[] }>(
      `select from "${service.database.schema}_jobs".jobs where key = ?`,
      [`effect:${id}`],
    );
    expect(rows).toHaveLength(1);
    expect((await asked("channel_8"))[0]).toEqual({
      type: "EffectRetried",
      effectId: id,
      effect: "EnsureLiveInput",
      by: `night shift (${row.prefix})`,
    });
  });

  it("has a recorder stopped again that could not be stopped", async () => {
    await goLive("channel_17", 17);
    await service.call("post", "/v1/channels/channel_17/recording/stop").expect(202);
    const id = await newest("channel_17", "StopRecorder");
    await setStatus(id, "dead");
    expectProblem(await retry(id), 409, "effect_not_wanted");
    await service.tell(17, { type: "RecorderStopDied", resourceId: resource(17), round: 1, error: "stop: HTTP 500" });
    expect((await effectOf(id)).retry).toMatchObject({ possible: true, why: null });
    expect((await retry(id)).body).toMatchObject({ id, status: "failed" });
    const again = await newest("channel_17", "StopRecorder");
    expect(again).toBeGreaterThan(id);
    expect(await effectOf(again)).toMatchObject({ status: "open" });
    expect((await asked("channel_17"))[0]).toMatchObject({ type: "StopRetried", by: "operator" });
  });
});

describe("POST /v1/effects/{id}/dismiss", () => {
  const dismiss = (id: number) => service.call("post", `/v1/effects/${id}/dismiss`);

  it("puts a dead one aside that nobody wants any more, and the log says who did", async () => {
    expectProblem(await dismiss(999_999), 404, "effect_unknown");
    const wanted = await newest("channel_8", "EnsureLiveInput");
    expectProblem(await dismiss(wanted), 409, "effect_not_dead");
    await setStatus(wanted, "dead");
    expectProblem(await dismiss(wanted), 409, "effect_still_wanted");
    const id = await newest("channel_7", "EnsureLiveInput");
    const response = await dismiss(id);
    expect(response.status).toBe(200);
    expect(effectAnswer.parse(response.body)).toMatchObject({ id, status: "failed" });
    expect((await asked("channel_7"))[0]).toMatchObject({ type: "EffectDismissed", effectId: id, by: "operator" });
    expectProblem(await dismiss(id), 409, "effect_not_dead");
  });
});

describe("GET /v1/sessions", () => {
  const sessions = async (query = "") =>
    allSessionsAnswer.parse((await service.call("get", `/v1/sessions${query}`).expect(200)).body);

  // A session that is open has run a moment longer with every request.
  const ids = async (query = "") => (await sessions(query)).items.map(({ id }) => id);

  it("has those of all channels, the last opened first, page by page", async () => {
    const all = await sessions();
    expect(all.items.map(({ id }) => id)).toEqual(expect.arrayContaining(["7-1", "8-1", "17-1"]));
    const times = all.items.map(({ openedAt }) => openedAt);
    expect(times).toEqual([...times].sort().reverse());
    const first = await sessions("?limit=2");
    const [one, two, ...others] = all.items.map(({ id }) => id);
    expect(first.items.map(({ id }) => id)).toEqual([one, two]);
    await service.notifyAndWait(103, "channel_19", 1);
    expect(await ids(`?before=${first.next}`)).toEqual(others);
  });

  it("chooses by time, and by whether they are open", async () => {
    const { items } = await sessions();
    const second = items[1]?.openedAt ?? "";
    const idsWhere = (fits: (item: (typeof items)[number]) => boolean) => items.filter(fits).map(({ id }) => id);
    expect(await ids(`?since=${second}`)).toEqual(idsWhere(({ openedAt }) => openedAt >= second));
    expect(await ids(`?until=${second}`)).toEqual(idsWhere(({ openedAt }) => openedAt < second));
    expect(await ids("?isOpen=true")).toEqual(idsWhere(({ closedAt }) => closedAt === null));
    expect(await ids("?isOpen=false")).toEqual(idsWhere(({ closedAt }) => closedAt !== null));
    expectProblem(await service.call("get", "/v1/sessions?isOpen=perhaps"), 400, "invalid_request");
    expectProblem(await service.call("get", "/v1/sessions?before=%00"), 400, "invalid_request");
  });
});

describe("POST /v1/sessions/{id}/stop", () => {
  it("asks for its end, and refuses one that is over", async () => {
    await service.notifyAndWait(103, "channel_27", 1);
    const response = await service.call("post", "/v1/sessions/27-1/stop");
    expect(response.status).toBe(202);
    expect(response.body).toMatchObject({ id: "27-1", endReason: "operator_stop" });
    expect(await asked("channel_27")).toEqual([{ type: "StopRequested", by: "operator" }]);
    expectProblem(await service.call("post", "/v1/sessions/27-1/stop"), 409, "session_not_open");
    expectProblem(await service.call("post", "/v1/sessions/27-2/stop"), 404, "session_unknown");
  });
});

describe("POST /v1/channels/{name}/release", () => {
  const release = (name: string) => service.call("post", `/v1/channels/${name}/release`);

  it("takes the hold away, so that the channel starts what it should; nothing where there is none", async () => {
    await service.notifyAndWait(103, "channel_37", 1);
    await service.call("post", "/v1/channels/channel_37/recording/stop").expect(202);
    const released = statusAnswer.parse((await release("channel_37").expect(202)).body);
    expect(released).toMatchObject({ hold: null, state: "starting" });
    expect((await asked("channel_37"))[0]).toEqual({ type: "HoldReleased", by: "operator" });
    const before = await service.countEvents("operator");
    expect((await release("channel_37").expect(202)).body).toEqual(released);
    expect(await service.countEvents("operator")).toBe(before);
    expectProblem(await release("nowhere"), 404, "channel_unknown");
    expectProblem(await release("channel_37").send({ force: true }), 400, "invalid_request");
  });
});

describe("POST /v1/channels/{name}/check", () => {
  /** The numbers of the questions that were asked, as soon as all three are. */
  async function questions(channel: string): Promise<Record<string, number>> {
    const asked = async () => {
      const events = await listEvents(service.database, { channel, source: "tally" });
      const payloads = events.map(({ payload }) => payload as { type: string; check: number });
      return Object.fromEntries(payloads.filter(({ check }) => check > 0).map(({ type, check }) => [type, check]));
    };
    await expect.poll(async () => Object.keys(await asked()), { timeout: 10_000 }).toHaveLength(3);
    return asked();
  }

  it("has both providers asked, and tells what they say and what follows", async () => {
    await goLive("channel_38", 38);
    const answer = async () => {
      const {
        PresenceCheckRequested = 0,
        RecorderCheckRequested = 0,
        IngestCheckRequested = 0,
      } = await questions("channel_38");
      await service.tell(
        38,
        {
          type: "PresenceChecked",
          check: PresenceCheckRequested,
          channelExists: true,
          broadcasters: [],
          communication: false,
          audienceTotal: 12,
        },
        {
          type: "RecorderChecked",
          check: RecorderCheckRequested,
          resourceId: resource(38),
          found: "running",
          rtmp: "publishing",
        },
        { type: "IngestChecked", check: IngestCheckRequested, liveInput: "input-38", state: "connected" },
      );
    };
    const check = service.call("post", "/v1/channels/channel_38/check").expect(202);
    const [response] = await Promise.all([check, answer()]);
    const report = checkAnswer.parse(response.body);
    expect(report.answers).toEqual([
      { about: "recorder", resourceId: resource(38), answer: "Agora says the recorder runs, RTMP publishing." },
      { about: "picture", resourceId: null, answer: "Cloudflare says the picture is connected." },
      { about: "host", resourceId: null, answer: "Agora says nobody broadcasts, 12 in the audience." },
    ]);
    expect(report).toMatchObject({
      isComplete: true,
      next: expect.stringMatching(/^The recording stops in \d+ s, unless/) as string,
    });
    expect(await asked("channel_38")).toMatchObject([{ type: "CheckRequested", by: "operator" }]);
  });

  it("refuses an unknown channel", async () => {
    expectProblem(await service.call("post", "/v1/channels/nowhere/check"), 404, "channel_unknown");
  });
});
