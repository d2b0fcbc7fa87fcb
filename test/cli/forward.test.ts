import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type EventRow, rowsOf } from "../../src/eventlog/index.ts";
import { goLive, type Service, startService } from "./service.ts";

let source: Service;
let target: Service;

beforeAll(async () => {
  [source, target] = await Promise.all([startService(), startService()]);
  await goLive(source, "shop");
  await source.tally(["simulate", "audience-joins", "shop", "--uid", "5000", "--count", "3", "--url", source.url]);
  await source.simulate("host-joins", "channel_42");
  await source.simulate("host-leaves", "channel_42");
  await source.simulate("host-joins", "channel_42");
  await source.settled();
  await source.append(
    row("redacted", {
      productId: 1,
      eventType: 199,
      noticeId: "redacted",
      payload: { token: "[key sha256:0123abcd]" },
    }),
    row(`sha256:${"a".repeat(64)}`, { nobody: "knows" }, { bodySha256: "a".repeat(64), type: "ncs.unknown" }),
    row("text", undefined, { raw: "no JSON", type: "ncs.unknown" }),
  );
});
afterAll(() => Promise.all([source.stop(), target.stop()]));

function row(dedupeKey: string, payload: unknown, of: Partial<EventRow> = {}): EventRow {
  return {
    source: "agora",
    dedupeKey,
    type: "rtc.199",
    route: null,
    occurredAt: null,
    payload,
    raw: null,
    bodySha256: null,
    headers: { "content-type": "application/json" },
    status: "unrecognised",
    ...of,
  };
}

/** What another environment must know to sign for a service. */
const secretsOf = ({ config: { agora, cloudflare } }: Service) => ({
  TARGET_AGORA_NCS_SECRET: agora.ncsSecrets.join(","),
  TARGET_CLOUDFLARE_NOTIFICATION_SECRET: cloudflare.notificationSecrets.join(","),
  TARGET_CLOUDFLARE_STREAM_WEBHOOK_SECRET: cloudflare.webhookSecrets.join(","),
});

const forward = (to: Service, ...argv: string[]) =>
  source.tally(["events", "replay", "--since", "1h", "--to", to.url, ...argv], {
    env: { ...source.env, ...secretsOf(to) },
  });

/** The webhooks in a log, in the order of their channel. */
async function webhooks({ knex, schema }: Service) {
  return rowsOf<{ source: string; type: string; route_key: string | null; payload: unknown; raw: string | null }>(
    knex,
    `select source, dedupe_key, type, route_key, payload, raw from ${schema}.events
     where source in ('agora', 'cloudflare') order by id`,
  );
}

/** What a channel knows of its people, and how many broadcasts it had. */
async function known(service: Service, name: string) {
  const { json } = await service.tally(["channels", "show", name, "--json"]);
  const { host, sessions } = json() as { host: { present: boolean }; sessions: unknown[] };
  return { present: host.present, sessions: sessions.length };
}

describe("events replay --to", () => {
  it("says what it would send and what not as it came, and sends nothing until it is told to", async () => {
    const { code, out, err, lines } = await forward(target);
    expect([code, err]).toEqual([1, expect.stringContaining("--yes")]);
    expect(out).toMatch(/^12 deliveries to forward to http:\/\/127\.0\.0\.1:\d+, of 2 channels\.\n/);
    expect(out).toMatch(/\n3 +agora +rtc\.103 host joined\n/);
    expect(out).toContain("\nNot as they came: 2. ");
    expect(out).toContain("\nWithout an id of their own: 1. ");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const dry = await forward(target, "--dry-run", "--json");
    expect([dry.code, dry.json()]).toMatchObject([0, { deliveries: 12, channels: 2, redacted: 2, knownByBytes: 1 }]);
    expect(await webhooks(target)).toEqual([]);
  });

  it("tells a wrong secret by its name", async () => {
    const { code, out, err } = await source.tally(
      ["events", "replay", "--type", "105", "--since", "1h", "--to", target.url, "--yes"],
      { env: { ...source.env, TARGET_AGORA_NCS_SECRET: "of somebody else" } },
    );
    expect(code).toBe(1);
    expect(out).toMatch(/\n0 accepted, 0 known there already, 3 refused; /);
    expect(out).toContain("401 unauthenticated");
    expect(out.replace(/\s+/g, " ")).toContain("set TARGET_AGORA_NCS_SECRET to what AGORA_NCS_SECRET is there");
    expect(err).toMatch(/^3 deliveries of 3 not taken\. The same command again goes on: /);
    expect(await webhooks(target)).toEqual([]);
  });

  it("makes the same events of the same people elsewhere, and its own decisions", async () => {
    const { code, out, err } = await forward(target, "--yes");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/\n12 accepted, 0 known there already, 0 refused; 12 deliveries in /);
    await target.settled();
    const [before, after] = await Promise.all([webhooks(source), webhooks(target)]);
    expect(after).toHaveLength(12);
    for (const about of ["shop", "channel_42", "shop-input"]) {
      const of = (all: typeof before) => all.filter(({ route_key: key }) => key === about);
      expect(of(after)).toEqual(of(before));
    }
    expect(after.map(({ raw }) => raw)).toContain("no JSON");
    expect(await known(target, "shop")).toEqual(await known(source, "shop"));
    expect(await known(target, "channel_42")).toEqual({ present: true, sessions: 1 });
  });

  it("sends nothing twice: what is there is known there", async () => {
    const { code, json } = await forward(target, "--yes", "--json");
    expect([code, json()]).toMatchObject([0, { accepted: 0, duplicates: 12, refused: [] }]);
    expect(await webhooks(target)).toHaveLength(12);
  });

  it("ends after ten refusals in a row, since the rest would be refused too", async () => {
    const { code, out, err } = await source.tally(
      ["events", "replay", "--since", "1h", "--to", target.url, "--yes", "--json"],
      { env: { ...source.env, ...secretsOf(target), TARGET_AGORA_NCS_SECRET: "of somebody else" } },
    );
    expect([code, err]).toEqual([1, expect.stringMatching(/^Ended after 10 refusals in a row: wrong secret: /)]);
    expect(JSON.parse(out)).toMatchObject({ accepted: 0, refused: [{ door: "agora", status: 401 }] });
  });

  it("goes on where it was interrupted, with the same command", async () => {
    const interrupted = new AbortController();
    const heard: string[] = [];
    const server = createServer((request, response) => {
      heard.push(request.url ?? "");
      if (heard.length === 5) interrupted.abort();
      request.resume().on("end", () => response.end('{"received":true}'));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const argv = ["events", "replay", "--source", "agora", "--to", url, "--yes"];
    expect(await source.tally(argv, { signal: interrupted.signal })).toMatchObject({
      code: 130,
      err: expect.stringContaining("The same command again goes on") as string,
    });
    expect(heard.length).toBeLessThan(11);
    const again = await source.tally([...argv, "--json"]);
    expect([again.code, again.json()]).toMatchObject([0, { deliveries: 11, accepted: 11 }]);
    await new Promise((resolve) => server.close(resolve));
  });

  it("lets a target that registers its channels take all and know one", async () => {
    const registered = await startService({ CHANNEL_POLICY: "registered" });
    try {
      await registered.tally(["channels", "register", "channel_42"]);
      expect(await forward(registered, "--yes")).toMatchObject({ code: 0 });
      await registered.settled();
      expect(await webhooks(registered)).toHaveLength(12);
      expect(await known(registered, "channel_42")).toMatchObject({ present: true });
      expect(await registered.tally(["channels", "show", "shop"])).toMatchObject({ code: 1 });
    } finally {
      await registered.stop();
    }
  });
});

describe("what events replay --to refuses", () => {
  const to = (address: string, ...argv: string[]) =>
    source.tally(["events", "replay", "--channel", "shop", "--to", address, ...argv]);

  it("sends nothing to the service itself, nor to no address", async () => {
    expect(await to(`${source.config.publicUrl}/`, "--yes")).toMatchObject({
      code: 1,
      err: expect.stringContaining("this service itself") as string,
    });
    expect(await to("ftp://127.0.0.1", "--yes")).toMatchObject({ code: 2 });
    expect(await to("http://someone:else@127.0.0.1", "--yes")).toMatchObject({ code: 1, out: "" });
  });

  it("warns of the open internet before it asks", async () => {
    const questions: string[] = [];
    const ask = (question: string) => Promise.resolve(questions.push(question) === 0);
    const argv = ["events", "replay", "--channel", "shop", "--to", "http://8.8.8.8"];
    const { code, out } = await source.tally(argv, { ask });
    expect([code, questions]).toEqual([
      1,
      [expect.stringMatching(/^Forward \d+ deliveries to http:\/\/8\.8\.8\.8, which is on the open internet\?$/)],
    ]);
    expect(out.replace(/\s+/g, " ")).toContain("users' ids too, unencrypted.");
  });

  it("sends no decision, though it is asked for by its id", async () => {
    const { json } = await source.tally(["events", "list", "--source", "tally", "--limit", "1", "--json"]);
    const [decision] = (json() as { items: { id: number }[] }).items;
    expect(await source.tally(["events", "replay", String(decision?.id), "--to", target.url, "--yes"])).toMatchObject({
      code: 1,
      err: `Nothing was done: no webhook of a provider, not found, or left out by the options: ${decision?.id}.\n`,
    });
    for (const argv of [["--source", "tally"], ["--act"], ["--resume", "1"]]) {
      expect(await to(target.url, "--yes", ...argv)).toMatchObject({ code: 2, out: "" });
    }
  });

  it("says that nobody answers, and that what answers is no Tally", async () => {
    const server = createServer((_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const other = await to(url, "--yes", "--type", "105");
    expect([other.code, other.out.replace(/\s+/g, " ")]).toEqual([1, expect.stringContaining("is the address right?")]);
    await new Promise((resolve) => server.close(resolve));
    expect(await to(url, "--yes")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^No service answers at http.*The same command again goes on: /) as string,
    });
  });
});
