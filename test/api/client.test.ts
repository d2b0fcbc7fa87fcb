import { hkdfSync } from "node:crypto";

import { createTallyClient, type Status, type TallyClient, TallyProblem, type WatchOptions } from "@tally/client";
import { SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { startTcpProxy } from "../support/tcp-proxy.ts";
import { apiKey, appCertificate, type Service, startService, useService } from "./service.ts";

const started = useService();
let service: Service;
let tally: TallyClient;
const called = new Set<string | symbol>();
beforeAll(() => {
  service = started();
  const client = createTallyClient({ baseUrl: `${service.url}/`, key: apiKey });
  tally = new Proxy(client, {
    get: (target, name) => {
      called.add(name);
      return Reflect.get(target, name) as unknown;
    },
  });
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe("each method, against the service", () => {
  it("registers, lists and reads channels, and starts and stops them by hand", async () => {
    const made = await tally.putChannel("evening sale", { hostUserId: "seller-7", hostUid: 1001 });
    expect(made).toMatchObject({ name: "evening sale", hostUserId: "seller-7", hostUid: 1001, relayMode: null });
    await tally.putChannel("other");
    expect(await tally.getChannel("evening sale")).toEqual(made);
    const first = await tally.listChannels({ limit: 1 });
    expect(first).toEqual({ items: [made], next: "evening sale" });
    expect((await tally.listChannels({ after: "evening sale" })).items.map(({ name }) => name)).toEqual(["other"]);

    expect(await tally.startRecording("evening sale")).toMatchObject({ state: "starting", channelId: made.id });
    expect((await tally.listChannels({ active: "true" })).items.map(({ name }) => name)).toEqual(["evening sale"]);
    const stopped = await tally.stopRecording("evening sale");
    expect(stopped).toMatchObject({ channelId: made.id, state: "stopped", isRecording: false });
    expect(await tally.getStatus("evening sale")).toEqual(stopped);
  });

  it("reads sessions, and how many watched", async () => {
    const { id } = await tally.putChannel("watched");
    await tally.startRecording("watched");
    const { items } = await tally.listSessions("watched", { limit: 5 });
    expect(items).toMatchObject([{ id: `${id}-1`, channel: "watched", cause: "manual", closedAt: null }]);
    expect(await tally.getSession(`${id}-1`)).toMatchObject({ id: `${id}-1`, number: 1 });
    const { entries } = await tally.getTimeline(`${id}-1`);
    expect(entries.map(({ title }) => title)).toEqual(
      expect.arrayContaining(["Start asked for by hand", "Session 1 opened: a start was asked for by hand"]),
    );
    const from = "2026-01-01T00:00:00.000Z";
    const metrics = await tally.getMetrics("watched", { from, to: "2026-01-01T01:00:00.000Z", step: "1m" });
    expect(metrics).toMatchObject({ channel: "watched", from, step: 60, items: [] });
  });

  it("gives a browser a token that reads one channel's status", async () => {
    await tally.putChannel("tokened");
    const { token, expiresAt } = await tally.createStatusToken("tokened");
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    const browsers = createTallyClient({ baseUrl: service.url, getToken: () => token });
    expect(await browsers.getStatus("tokened")).toMatchObject({ channel: "tokened" });
    await expect(browsers.startRecording("tokened")).rejects.toMatchObject({ code: "forbidden", status: 403 });
  });

  it("keeps the addresses that are told", async () => {
    const url = "https://shop.example.com/tally";
    const made = await tally.createNotificationEndpoint({ url, events: ["live.started"] });
    expect(made).toMatchObject({ url, enabled: true, secret: expect.stringMatching(/^whsec_/) as string });
    const { id } = made;
    expect((await tally.listNotificationEndpoints()).items.map((endpoint) => endpoint.id)).toEqual([id]);
    expect(await tally.changeNotificationEndpoint(id, { events: null })).toMatchObject({ id, events: null });
    expect(await tally.getNotificationEndpoint(id)).toMatchObject({ id, events: null, url });
    expect((await tally.rotateNotificationSecret(id)).secret).not.toBe(made.secret);
    const { notificationId } = await tally.testNotificationEndpoint(id);
    expect(await tally.listNotificationDeliveries(id, { status: "pending" })).toMatchObject({
      items: [{ notificationId, type: "tally.test" }],
      next: null,
    });
    await tally.deleteNotificationEndpoint(id);
    await expect(tally.getNotificationEndpoint(id)).rejects.toMatchObject({ code: "endpoint_unknown" });
  });

  it("tells operators what happened and why, and repairs it", async () => {
    const { id } = await tally.putChannel("odd");
    await tally.startRecording("odd");
    const { items } = await tally.listEvents({ channel: "odd", type: "StartRequested" });
    expect(items).toMatchObject([{ source: "operator", status: "applied" }]);
    const [event] = await Promise.all(items.map((item) => tally.getEvent(item.id)));
    expect(event).toMatchObject({ payload: { by: "operator" }, headers: null });
    const [effect] = (await tally.listEffects({ channel: "odd" })).items;
    expect(await tally.getEffect(effect?.id ?? 0)).toMatchObject({ ...effect, retry: { possible: false } });
    await expect(tally.retryEffect(effect?.id ?? 0)).rejects.toMatchObject({ code: "effect_not_dead", status: 409 });
    await expect(tally.dismissEffect(effect?.id ?? 0)).rejects.toMatchObject({ code: "effect_not_dead", status: 409 });

    await expect(tally.checkChannel("nowhere")).rejects.toMatchObject({ code: "channel_unknown", status: 404 });

    const ids = items.map((item) => item.id);
    const plan = await tally.planReplay({ ids });
    expect(plan).toMatchObject({ events: 1, channels: [{ channel: "odd", differs: false }] });
    expect(await tally.replayEvents({ ids })).toMatchObject({ events: 1, changed: 0 });
    expect(await tally.planRebuild("odd")).toMatchObject({ differs: false });
    expect(await tally.rebuildChannel("odd")).toMatchObject({ differs: false });
    expect((await tally.listAllSessions({ isOpen: "true" })).items.map((item) => item.id)).toContain(`${id}-1`);
    expect(await tally.stopSession(`${id}-1`)).toMatchObject({ endReason: "operator_stop" });
    expect(await tally.releaseChannel("odd")).toMatchObject({ hold: null });
  });

  it("follows a status until it is aborted", async () => {
    await tally.putChannel("followed");
    const abort = new AbortController();
    const versions: number[] = [];
    for await (const { version } of tally.watchStatus("followed", { signal: abort.signal })) {
      versions.push(version);
      if (versions.length === 1) await tally.startRecording("followed");
      else abort.abort();
    }
    expect(versions).toHaveLength(2);
  });

  it("follows all channels until it is aborted", async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    for await (const { type, data } of tally.watchOverview({ signal: abort.signal })) {
      if (type === "channel" && data.channel !== "overseen") continue;
      seen.push(type);
      if (type === "overview") await tally.putChannel("overseen");
      if (type === "channel") abort.abort();
    }
    expect(seen[0]).toBe("overview");
    expect(seen.at(-1)).toBe("channel");
  });

  it("was called by these tests", () => {
    expect([...called].sort()).toEqual(Object.keys(tally).sort());
  });
});

describe("a refused call", () => {
  it("throws the problem with its code, what is wrong with each part, and the request's id", async () => {
    const refused = await tally.putChannel("wrong", { id: 0, hostUserId: "" }).catch((error: unknown) => error);
    if (!(refused instanceof TallyProblem)) throw new Error("the call was not refused");
    expect(refused).toMatchObject({ name: "TallyProblem", code: "invalid_request", status: 400, retryAfterMs: null });
    expect(refused.errors.map(({ path }) => path).sort()).toEqual(["hostUserId", "id"]);
    expect(refused.message).toContain("hostUserId must not be empty");
    expect(await service.lineOf(refused.requestId ?? "")).toMatchObject({ status: 400 });
  });

  it.each<[string, number, (tally: TallyClient) => Promise<unknown>]>([
    ["channel_unknown", 404, (tally) => tally.getStatus("nobody")],
    ["session_unknown", 404, (tally) => tally.getSession("7-7")],
    ["endpoint_unknown", 404, (tally) => tally.deleteNotificationEndpoint("ep_7")],
    ["invalid_request", 400, (tally) => tally.listSessions("evening sale", { limit: 0 })],
    ["invalid_request", 400, (tally) => tally.getChannel("../keys")],
  ])("throws %s", async (code, status, call) => {
    await expect(call(tally)).rejects.toMatchObject({ name: "TallyProblem", code, status });
  });

  it("ends with its signal", async () => {
    const call = tally.getStatus("evening sale", { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("watchStatus, against the service", () => {
  const soon = { firstMs: 1, mostMs: 20 };

  /** A client that notes what it sends. */
  function notingClient(credential: { key: string } | { getToken: () => Promise<string> }, baseUrl = service.url) {
    const sent: Request[] = [];
    const client = createTallyClient({
      baseUrl,
      ...credential,
      fetch(request) {
        sent.push(request);
        return fetch(request);
      },
    });
    return { client, sent };
  }

  /** The statuses, one after the other as they are asked for. */
  function follow(client: TallyClient, channel: string, options: WatchOptions = {}) {
    const watch = client.watchStatus(channel, { reconnect: soon, ...options });
    closers.push(() => watch.return());
    return async (): Promise<Status> => {
      const { value } = await watch.next();
      if (value === undefined) throw new Error("the watch ended");
      return value;
    };
  }

  it("goes on in another process after the version that it had, once the first has ended", async () => {
    await tally.putChannel("moved");
    const first = await startService(service.database);
    let port = Number(new URL(first.url).port);
    const proxy = await startTcpProxy(() => port);
    closers.push(() => proxy.close());
    const { client, sent } = notingClient({ key: apiKey }, `http://127.0.0.1:${proxy.port}`);
    const next = follow(client, "moved");
    const { version } = await next();

    const coming = next();
    await first.close();
    const changed = await tally.startRecording("moved");
    const second = await startService(service.database);
    closers.push(() => second.close());
    port = Number(new URL(second.url).port);

    expect((await coming).version).toBe(changed.version);
    expect(sent.length).toBeGreaterThan(1);
    expect(sent[0]?.headers.get("last-event-id")).toBeNull();
    for (const request of sent.slice(1)) expect(request.headers.get("last-event-id")).toBe(String(version));
  });

  it("asks for another token when its own is over, and goes on", async () => {
    await tally.putChannel("long");
    const tokens = [await statusToken("long", 2), await statusToken("long", 900)];
    let given = 0;
    const { client, sent } = notingClient({ getToken: () => Promise.resolve(tokens[given++] ?? "") });
    const onState: WatchOptions["onState"] = (state) => {
      // The first stream has ended with its token.
      if (state === "open" && given === 2) void tally.startRecording("long");
    };
    const next = follow(client, "long", { onState });
    const { version } = await next();
    expect((await next()).version).toBeGreaterThan(version);
    expect(given).toBe(2);
    const last = sent.at(-1);
    expect(last?.headers.get("authorization")).toBe(`Bearer ${tokens[1]}`);
    expect(last?.headers.get("last-event-id")).toBe(String(version));
  });

  it.each<[string, { key: string } | { getToken: () => Promise<string> }, number]>([
    ["a wrong key", { key: "wrong" }, 1],
    ["tokens that are none", { getToken: () => Promise.resolve("wrong") }, 2],
  ])("ends with what is wrong for %s, and asks no further", async (_what, credential, requests) => {
    const { client, sent } = notingClient(credential);
    await expect(follow(client, "evening sale")()).rejects.toMatchObject({
      name: "TallyProblem",
      code: "unauthenticated",
      message: expect.stringMatching(/\w/) as string,
    });
    expect(sent).toHaveLength(requests);
  });
});

/** As the service makes them, but for its end, in seconds. */
function statusToken(channel: string, seconds: number): Promise<string> {
  const key = Buffer.from(hkdfSync("sha256", appCertificate, "", "tally status token", 32));
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: "tally", aud: "tally-status", sub: channel, iat: now, exp: now + seconds })
    .setProtectedHeader({ alg: "HS256", typ: "tally-status+jwt" })
    .sign(key);
}
