import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { simulations } from "../../src/cli/simulate/simulations.ts";
import { goLive, type Service, startService } from "./service.ts";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const stored = (where: Record<string, unknown>) =>
  service.knex.withSchema(service.schema).table("events").where(where).orderBy("id");

describe("simulate", () => {
  it("lists everything that it can do, a line each within 80 columns", async () => {
    const { code, lines } = await service.tally(["simulate", "--list"]);
    expect(code).toBe(0);
    expect(lines).toHaveLength(simulations.size + 1);
    expect(lines.filter((line) => line.length > 80 || line.includes("…"))).toEqual([]);
  });

  it.each([...simulations.keys()])("sends %s so that the service takes it and knows what it is", async (what) => {
    const channel = `all-${what}`;
    const given = ["--sid", "sid-1", "--recorder-uid", "999001", "--input", "input-1"];
    const { code, json } = await service.tally(["simulate", what, channel, ...given, "--url", service.url, "--json"]);
    expect({ code, answer: json() }).toEqual({
      code: 0,
      answer: { items: [{ what, channel, status: 200, body: '{"received":true}' }] },
    });
  });

  it("is stored under types that Tally knows by name", async () => {
    const types = await stored({}).distinct<{ type: string }[]>("type", "id");
    const unknown = types.filter(({ type }) => /unknown|other/.test(type));
    expect(unknown).toEqual([]);
  });

  it("puts a host on the air, and off again, with nothing given but the channel", async () => {
    await goLive(service, "evening");
    expect((await service.tally(["channels", "show", "evening", "--json"])).json()).toMatchObject({
      state: "recording",
      live: true,
      ingest: { state: "connected" },
    });
    await service.simulate("rtmp-disconnected", "evening");
    expect((await service.tally(["channels", "show", "evening", "--json"])).json()).toMatchObject({ live: false });
    await service.simulate("recorder-stopped", "evening");
    await service.simulate("host-leaves", "evening");
    expect((await service.tally(["channels", "show", "evening", "--json"])).json()).toMatchObject({
      isRecording: false,
      host: { present: false },
    });
  });

  it("never starts anything for a bot", async () => {
    await service.simulate("bot-joins", "bots");
    const { json } = await service.tally(["channels", "show", "bots", "--json"]);
    expect(json()).toMatchObject({ state: "idle", host: { present: false }, sessions: [] });
  });

  it("sends as many as --count says, of uids that follow each other", async () => {
    const argv = [
      "simulate",
      "audience-joins",
      "crowd",
      "--uid",
      "5000",
      "--count",
      "3",
      "--seq",
      "7",
      "--ts",
      "1790003600",
    ];
    const { out } = await service.tally([...argv, "--url", service.url]);
    expect(out).toBe('audience-joins x3: 200 {"received":true}\n');
    const rows = await stored({ route_key: "crowd" }).select<{ payload: { payload: unknown } }[]>("payload");
    expect(rows.map(({ payload }) => payload.payload)).toMatchObject([
      { uid: 5000, clientSeq: 7, ts: 1790003600 },
      { uid: 5001, clientSeq: 8, ts: 1790003600 },
      { uid: 5002, clientSeq: 9, ts: 1790003600 },
    ]);
  });

  it("says what to give where the channel has no recorder or live input", async () => {
    await service.tally(["channels", "register", "quiet"]);
    const recorder = await service.tally(["simulate", "recorder-started", "quiet", "--url", service.url]);
    expect(recorder).toMatchObject({ code: 1, err: expect.stringContaining("--sid and --recorder-uid") as string });
    const input = await service.tally(["simulate", "ingest-connected", "quiet", "--url", service.url]);
    expect(input).toMatchObject({ code: 1, err: expect.stringContaining("--input") as string });
  });

  it("needs no database where everything is given", async () => {
    const env = { ...service.env, DATABASE_URL: "postgres://127.0.0.1:1/none" };
    const argv = ["simulate", "ingest-connected", "anywhere", "--input", "input-2", "--url", service.url];
    expect(await service.tally(argv, { env })).toMatchObject({ code: 0 });
    const needing = await service.tally(["simulate", "ingest-connected", "anywhere", "--url", service.url], { env });
    expect(needing).toMatchObject({ code: 1, err: expect.stringMatching(/^No database: /) as string });
  });

  it("fails when the service doesn't take it, and says why that may be", async () => {
    const server = createServer((_request, response) => response.writeHead(401).end("{}"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refused = await service.tally(["simulate", "host-joins", "x", "--url", url]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("other secrets") as string });
    await new Promise((resolve) => server.close(resolve));
    const gone = await service.tally(["simulate", "host-joins", "x", "--url", url]);
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining(`No service answers at ${url}`) as string });
  });

  it.each([
    [["simulate"], "say what to simulate"],
    [["simulate", "moon-landing", "x"], "Allowed choices are host-joins"],
    [["simulate", "host-joins"], "say in which channel"],
    [["simulate", "host-joins", "a/b"], "Agora takes 1 to 64"],
    [["simulate", "host-joins", "x", "--url", "ftp://127.0.0.1"], "http://127.0.0.1:3000"],
    [["simulate", "host-joins", "x", "--uid", "0"], "a whole number from 1"],
    [["simulate", "host-joins", "x", "--count", "1.5"], "a whole number from 1"],
  ])("refuses %j as wrong usage", async (argv, words) => {
    expect(await service.tally(argv)).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining(words) as string,
    });
  });

  it("stops at once when it is interrupted", async () => {
    const interrupted = AbortSignal.abort();
    const argv = ["simulate", "host-joins", "x", "--count", "1000", "--url", service.url];
    expect(await service.tally(argv, { signal: interrupted })).toMatchObject({ code: 130, out: "" });
    expect(await service.tally(["events", "list"], { signal: interrupted })).toMatchObject({ code: 130, out: "" });
  });
});
