import { beforeAll, describe, expect, it } from "vitest";

import { channelAnswer, channelListAnswer } from "../../src/api/schemas.ts";
import { listEvents } from "../../src/eventlog/index.ts";
import { expectProblem, type Service, useService } from "./service.ts";

const started = useService({ channelPolicy: "registered" });
let service: Service;
beforeAll(() => {
  service = started();
});

/** What the app told a channel, oldest first. */
async function registrationsOf(channel: string) {
  const events = await listEvents(service.database, { channel, source: "operator" });
  return events.reverse().map(({ type, status, payload }) => ({ type, status, payload }));
}

describe("PUT /v1/channels/{name}", () => {
  it("registers a channel, tells it so, and answers 201 with what it is now", async () => {
    const response = await service
      .call("put", "/v1/channels/evening%20show")
      .send({ id: 77, hostUserId: "user-1", hostUid: 1001, relayMode: "media-push" });

    expect(response.status).toBe(201);
    expect(channelAnswer.parse(response.body)).toMatchObject({
      id: 77,
      name: "evening show",
      hostUserId: "user-1",
      hostUid: 1001,
      relayMode: "media-push",
      status: { state: "idle", live: false, version: 1 },
    });
    expect(await registrationsOf("evening show")).toEqual([
      {
        type: "ChannelRegistered",
        status: "applied",
        payload: { type: "ChannelRegistered", hostUid: 1001, relayMode: "media-push", by: "operator" },
      },
    ]);
  });

  it("takes no body for no wishes, and gives an id by itself", async () => {
    const named = await service.call("put", "/v1/channels/channel_42").expect(201);
    const other = await service.call("put", "/v1/channels/other").set("content-length", "0").expect(201);
    const next = await service.call("put", "/v1/channels/another").send({}).expect(201);

    expect(named.body).toMatchObject({ id: 42, hostUserId: null, hostUid: null, relayMode: null });
    expect(channelAnswer.parse(other.body).id).toBeGreaterThanOrEqual(1_000_000_000);
    expect(channelAnswer.parse(next.body).id).toBeGreaterThan(channelAnswer.parse(other.body).id);
  });

  it("keeps what isn't mentioned, clears what is null, and answers 200 for a known channel", async () => {
    const path = "/v1/channels/changing";
    await service.call("put", path).send({ hostUserId: "a", hostUid: 5, relayMode: "media-push" }).expect(201);
    const kept = await service.call("put", path).send({ hostUserId: "b" }).expect(200);
    expect(kept.body).toMatchObject({ hostUserId: "b", hostUid: 5, relayMode: "media-push" });
    const cleared = await service.call("put", path).send({ hostUserId: null, hostUid: null }).expect(200);
    expect(cleared.body).toMatchObject({ hostUserId: null, hostUid: null, relayMode: "media-push" });
    const read = await service.call("get", path).expect(200);
    expect(read.body).toEqual(cleared.body);
  });

  it("tells the channel only what concerns it, and so leaves its version alone otherwise", async () => {
    const path = "/v1/channels/told";
    const first = channelAnswer.parse((await service.call("put", path).send({ hostUid: 5 })).body);
    const again = channelAnswer.parse((await service.call("put", path).send({ hostUid: 5, hostUserId: "b" })).body);
    expect(again.status).toEqual(first.status);
    expect(await registrationsOf("told")).toHaveLength(1);

    const changed = channelAnswer.parse((await service.call("put", path).send({ hostUid: 6 })).body);
    expect(changed.status.version).toBe(first.status.version + 1);
    expect((await registrationsOf("told")).map(({ payload }) => payload)).toEqual([
      { type: "ChannelRegistered", hostUid: 5, relayMode: null, by: "operator" },
      { type: "ChannelRegistered", hostUid: 6, relayMode: null, by: "operator" },
    ]);
  });

  it("refuses an id that another channel has, and leaves nothing behind", async () => {
    await service.call("put", "/v1/channels/first").send({ id: 501 }).expect(201);
    expectProblem(await service.call("put", "/v1/channels/second").send({ id: 501 }), 409, "channel_id_taken");
    expectProblem(await service.call("get", "/v1/channels/second"), 404, "channel_unknown");
  });

  it("refuses another id for a known channel, and takes the same one again", async () => {
    await service.call("put", "/v1/channels/numbered").send({ id: 601 }).expect(201);
    const response = await service.call("put", "/v1/channels/numbered").send({ id: 602, hostUid: 9 });
    expectProblem(response, 409, "channel_id_mismatch");
    expect(response.body).toMatchObject({ detail: expect.stringContaining("601") as string });
    const same = await service.call("put", "/v1/channels/numbered").send({ id: 601 }).expect(200);
    expect(same.body).toMatchObject({ id: 601, hostUid: null });
  });

  it("gives channel_{n} another number when n is taken", async () => {
    await service.call("put", "/v1/channels/taker").send({ id: 43 }).expect(201);
    const { id } = channelAnswer.parse((await service.call("put", "/v1/channels/channel_43").expect(201)).body);
    expect(id).toBeGreaterThanOrEqual(1_000_000_000);
  });

  it("refuses Tally's own uids as the host's, and registers nothing then", async () => {
    for (const hostUid of [999_700, 2_000_000_700, 3_000_000_700]) {
      const response = await service.call("put", "/v1/channels/reserved").send({ id: 700, hostUid });
      expectProblem(response, 400, "invalid_request");
      expect(response.body).toMatchObject({ errors: [{ path: "hostUid" }] });
    }
    expectProblem(await service.call("get", "/v1/channels/reserved"), 404, "channel_unknown");
    await service.call("put", "/v1/channels/reserved").send({ id: 701, hostUid: 999_700 }).expect(201);
  });

  it("names every member that doesn't fit", async () => {
    const response = await service
      .call("put", "/v1/channels/wrong")
      .send({ id: 1.5, hostUserId: "", hostUid: -1, relayMode: "rtmp", hostuid: 4, owner: "x" });
    expectProblem(response, 400, "invalid_request");
    const { errors, detail } = response.body as { errors: { path: string }[]; detail: string };
    const paths = ["id", "hostUserId", "hostUid", "relayMode", "hostuid", "owner"];
    expect(errors.map(({ path }) => path).sort()).toEqual([...paths].sort());
    for (const path of paths) expect(detail).toContain(path);
    expect(detail).toContain("owner is no member of this request");
  });

  it.each([
    ["id", [0, -1, 900_000_001, "7", null, 1e300]],
    ["hostUid", [0, 2 ** 32, "7", 1.5, true]],
    ["hostUserId", ["", "x".repeat(201), "a\0b", "\ud800", 7]],
    ["relayMode", ["", "cloud_recording", 1, ["media-push"]]],
  ])("refuses a bad %s", async (member, values) => {
    for (const value of values) {
      const response = await service.call("put", "/v1/channels/wrong").send({ [member]: value });
      expectProblem(response, 400, "invalid_request");
      expect(response.body).toMatchObject({ errors: [{ path: member }] });
    }
  });

  it.each(["id", "hostUid"])("takes the least and the greatest %s", async (member) => {
    const greatest = member === "id" ? 900_000_000 : 2 ** 32 - 1;
    await service
      .call("put", `/v1/channels/least-${member}`)
      .send({ [member]: 1 })
      .expect(201);
    await service
      .call("put", `/v1/channels/greatest-${member}`)
      .send({ [member]: greatest })
      .expect(201);
  });

  it.each(["[]", "null", "7", '"text"'])("refuses %s as a body", async (body) => {
    const response = await service
      .call("put", "/v1/channels/wrong")
      .set("content-type", "application/json")
      .serialize(String)
      .send(body);
    expectProblem(response, 400, "invalid_request");
  });

  it("answers 201 once, of many who register the same name at the same time", async () => {
    const requests = Array.from({ length: 8 }, (_, i) =>
      service.call("put", "/v1/channels/contended").send(i % 2 === 0 ? {} : { hostUid: 3 }),
    );
    const statuses = (await Promise.all(requests)).map((response) => response.status);
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    const { rows } = await service.database.knex.raw<{ rows: unknown[] }>(
      "select 1 from tally.channels where name = 'contended'",
    );
    expect(rows).toHaveLength(1);
  });

  it("gives the channel what came for it in the last hour", async () => {
    await service.notify(103, "early", 1001);
    expectProblem(await service.call("get", "/v1/channels/early/status"), 404, "channel_unknown");
    const response = await service.call("put", "/v1/channels/early").expect(201);
    expect(channelAnswer.parse(response.body).status).toMatchObject({ state: "starting" });
  });
});

describe("a channel's name", () => {
  const odd = ["a b", "!#$%&()+-:;<=.>?@[]^_{}|~,", "...", "a".repeat(64), "%2F", "%00"];
  it.each(odd)("may be %j", async (name) => {
    const path = `/v1/channels/${encodeURIComponent(name)}`;
    await service.call("put", path).expect(201);
    expect((await service.call("get", path).expect(200)).body).toMatchObject({ name });
    expect((await service.call("get", `${path}/status`).expect(200)).body).toMatchObject({ channel: name });
  });

  const bad = ["größe", "a/b", "a\\b", 'a"b', "a'b", "a".repeat(65), "a\0b", "a\nb", "😀", "a*b"];
  it.each(bad)("may not be %j", async (name) => {
    const path = `/v1/channels/${encodeURIComponent(name)}`;
    for (const method of ["put", "get"] as const) {
      const response = await service.call(method, path);
      expectProblem(response, 400, "invalid_request");
      expect(response.body).toMatchObject({ errors: [{ path: "name" }] });
    }
  });

  it("is told from a path", async () => {
    expectProblem(await service.call("put", "/v1/channels/a/b"), 404, "not_found");
    expectProblem(await service.call("put", "/v1/channels/%2e%2e%2fx"), 400, "invalid_request");
  });
});

describe("GET /v1/channels/{name}", () => {
  it("answers 404 for an unknown channel, and says how to register it", async () => {
    const response = await service.call("get", "/v1/channels/no%20body");
    expectProblem(response, 404, "channel_unknown");
    expect(response.body).toMatchObject({ detail: expect.stringContaining("PUT /v1/channels/no%20body") as string });
  });
});

describe("GET /v1/channels", () => {
  const namesOf = (body: unknown) => channelListAnswer.parse(body).items.map((channel) => channel.name);

  it("lists channels by name, a page at a time, each once", async () => {
    for (let i = 0; i < 5; i++) await service.call("put", `/v1/channels/list-${i}`).expect(201);
    const all = await service.call("get", "/v1/channels?limit=1000").expect(200);
    const names: string[] = [];
    let after: string | null = "";
    while (after !== null) {
      const query: string = after === "" ? "limit=7" : `limit=7&after=${encodeURIComponent(after)}`;
      const { items, next } = channelListAnswer.parse((await service.call("get", `/v1/channels?${query}`)).body);
      expect(items.length).toBe(next === null ? Math.min(items.length, 7) : 7);
      names.push(...items.map((channel) => channel.name));
      after = next;
    }
    expect(names).toEqual(namesOf(all.body));
    expect(new Set(names).size).toBe(names.length);
    expect(all.body).toMatchObject({ next: null });
    expect(names).toEqual(expect.arrayContaining(["list-0", "list-4"]));
  });

  it("tells channels with an open session from the others", async () => {
    await service.call("put", "/v1/channels/on").expect(201);
    await service.call("put", "/v1/channels/off").expect(201);
    await service.notifyAndWait(103, "on", 1001);
    const active = namesOf((await service.call("get", "/v1/channels?active=true")).body);
    const inactive = namesOf((await service.call("get", "/v1/channels?active=false&limit=1000")).body);
    expect(active).toContain("on");
    expect(active).not.toContain("off");
    expect(inactive).toContain("off");
    expect(inactive).not.toContain("on");
  });

  it.each([
    "limit=0",
    "limit=1001",
    "limit=x",
    "limit=",
    "limit=1&limit=2",
    "active=yes",
    "active=",
    "after=%00",
    "after=",
  ])("refuses ?%s", async (query) => {
    const response = await service.call("get", `/v1/channels?${query}`);
    expectProblem(response, 400, "invalid_request");
    expect(response.body).toMatchObject({ errors: [{ path: query.split("=")[0] }] });
  });

  it("overlooks what it doesn't know in the query", async () => {
    await service.call("get", "/v1/channels?unknown=1").expect(200);
  });
});
