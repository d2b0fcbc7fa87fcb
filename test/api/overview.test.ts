import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { countsAnswer, overviewAnswer, overviewChannelAnswer } from "../../src/api/operators/schemas.ts";
import { createOverview, type Overview, type OverviewFollower } from "../../src/api/overview/overview.ts";
import { openFeed } from "../../src/eventlog/index.ts";
import { createRefusalCounter } from "../../src/journal/index.ts";
import { defaultPolicy } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { readUnheeded } from "../../src/operators/index.ts";
import { plainLinks } from "../support/playback-links.ts";
import { apiKey, expectProblem, type Service, startService, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(async () => {
  service = started();
  await service.notifyAndWait(103, "channel_7", 1);
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Event {
  name: string;
  data: unknown;
}

async function open(at: Pick<Service, "url"> = service, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  closers.push(() => abort.abort());
  const response = await fetch(`${at.url}/v1/overview/stream`, {
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
    signal: abort.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  /** Null when the stream has ended. */
  async function next(): Promise<Event | null> {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end !== -1) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (name !== undefined) return { name, data: JSON.parse(data ?? "") as unknown };
        continue;
      }
      const chunk = await reader?.read();
      if (chunk?.done !== false) return null;
      text += chunk.value;
    }
  }
  return {
    response,
    next,
    /** The next event of this kind that fits. */
    async has(name: string, fits: (data: never) => boolean): Promise<unknown> {
      for (let event = await next(); event !== null; event = await next()) {
        if (event.name === name && fits(event.data as never)) return event.data;
      }
      throw new Error(`the stream ended without ${name}`);
    },
  };
}

describe("GET /v1/overview/stream", () => {
  it("begins with the channels that matter and the counts, with the status of GET …/status", async () => {
    const { response, next } = await open();
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const first = await next();
    expect(first?.name).toBe("overview");
    const { channels, counts } = overviewAnswer.parse(first?.data);
    const status = (await service.call("get", "/v1/channels/channel_7/status")).body as unknown;
    const of = { channel: "channel_7", channelId: 7, doubt: null, sessionId: "7-1", viewers: null, unheeded: null };
    expect(channels).toEqual([{ ...of, status }]);
    expect(counts).toEqual({
      onAir: 0,
      open: 1,
      pending: 0,
      failed: 0,
      dead: 0,
      oldestPendingSeconds: null,
      refusals: [],
    });
  });

  it("goes on with what changes, whichever process made it, and with the counts that follow", async () => {
    const other = await startService(service.database);
    closers.push(other.close);
    const stream = await open(other);
    await stream.next();
    await service.notifyAndWait(103, "channel_8", 1);
    const channel = await stream.has("channel", ({ sessionId }: { sessionId: string | null }) => sessionId === "8-1");
    expect(overviewChannelAnswer.parse(channel)).toMatchObject({ channel: "channel_8", channelId: 8 });
    const counts = await stream.has("counts", ({ open }: { open: number }) => open === 2);
    expect(countsAnswer.parse(counts)).toMatchObject({ onAir: 0 });
  });

  it("has a place like any stream, and ends with the service", async () => {
    const other = await startService(service.database, { streams: { most: 1 } });
    closers.push(other.close);
    const stream = await open(other);
    await stream.next();
    const refused = await other.call("get", "/v1/overview/stream");
    expectProblem(refused, 503, "too_many_streams");
    const rest = stream.next();
    await other.close();
    expect(await rest).toBeNull();
    closers.splice(closers.indexOf(other.close), 1);
  });

  it("answers a HEAD, and reads nothing for it", async () => {
    const response = await service.call("head", "/v1/overview/stream");
    expect(response.status).toBe(200);
    expect(response.headers["content-type"]).toMatch(/^text\/event-stream/);
  });
});

describe("the overview", () => {
  let overview: Overview;
  let statements = 0;
  const count = ({ sql }: { sql: string }) => {
    if (sql.startsWith("select c.*, m.")) statements++;
  };
  beforeAll(() => {
    const { knex, schema, url } = service.database;
    const log = createLogger({ level: "silent" });
    const feed = openFeed({ url, schema, log });
    closeFeed = () => feed.close();
    knex.on("query", count);
    overview = createOverview({
      knex,
      schema,
      log,
      feed,
      defaultMode: "cloud-recording",
      policy: defaultPolicy,
      links: plainLinks,
      everyMs: 20,
    });
  });
  let closeFeed: () => Promise<void>;
  afterAll(async () => {
    service.database.knex.off("query", count);
    await closeFeed();
  });

  const follow = () => {
    const follower = overview.follow();
    closers.push(follower.leave);
    return follower;
  };
  /** Waits for news that fit. */
  async function until<T>(
    follower: OverviewFollower,
    find: (news: NonNullable<ReturnType<OverviewFollower["news"]>>) => T | undefined,
  ): Promise<T> {
    for (;;) {
      const changed = follower.changed();
      const news = follower.news();
      const found = news === null ? undefined : find(news);
      if (found !== undefined) return found;
      if (news === null) await changed;
    }
  }
  const ofChannel = (name: string) => (news: { channels: { channel: string }[] }) =>
    news.channels.find(({ channel }) => channel === name);

  it("reads a change once, however many follow, and gives all the same object", async () => {
    const all = Array.from({ length: 50 }, follow);
    await Promise.all(all.map((follower) => until(follower, ({ isAll }) => isAll || undefined)));
    const before = statements;
    await service.notifyAndWait(103, "channel_9", 1);
    const seen = await Promise.all(all.map((follower) => until(follower, ofChannel("channel_9"))));
    expect(new Set(seen).size).toBe(1);
    // A version or two, each read once: not fifty times.
    expect(statements - before).toBeLessThanOrEqual(3);
  });

  it("shows the newest sample of how many watch, which nobody announces, and none of a session before", async () => {
    const { knex, schema } = service.database;
    const follower = follow();
    await until(follower, ({ isAll }) => isAll || undefined);
    const samples = knex.withSchema(schema).table("stream_metrics");
    const at = new Date();
    await samples.clone().insert([
      { channel_id: 7, timestamp: new Date(0), agora_viewers: 99 },
      { channel_id: 7, timestamp: at, agora_viewers: 12, hls_viewers: 5 },
      { channel_id: 8, timestamp: new Date(1), agora_viewers: 99 },
    ]);
    const viewers = { agora: 12, hls: 5, at: at.toISOString() };
    expect(await until(follower, ofChannel("channel_7"))).toMatchObject({ viewers });
    const news = await until(follow(), (found) => found);
    expect(ofChannel("channel_8")(news)).toMatchObject({ viewers: null });
  });

  it("shows a notice that nothing followed from, which nobody announces, and none that never tells anything", async () => {
    const { knex, schema } = service.database;
    await service.call("put", "/v1/channels/channel_60");
    const follower = follow();
    await until(follower, ({ isAll }) => isAll || undefined);
    const { channelId } = (await service.call("get", "/v1/channels/channel_60/status")).body as { channelId: number };
    const notice = (name: string, members: object) => ({
      source: "agora",
      dedupe_key: `unheeded ${name}`,
      channel_id: channelId,
      type: "rtc.111",
      status: "ignored",
      ...members,
    });
    const note = "role change: a join says more";
    const [, newest] = await knex
      .withSchema(schema)
      .table("events")
      .insert([
        notice("failed", { status: "failed", type: "rtc.103", note: "our code failed" }),
        notice("newest", { note }),
        notice("harmless", { type: "rtc.101", note: "channel created: its hosts say more" }),
        notice("late", { type: "rtc.104", note: "it came late", applied_version: 1 }),
        notice("recording", { type: "recording.1", status: "unrecognised" }),
      ])
      .returning<{ id: number }[]>("id");
    const description = "audience became host";
    const unheeded = { count: 2, eventId: newest?.id, status: "ignored", description, note };
    expect(await until(follower, ofChannel("channel_60"))).toMatchObject({ unheeded });
    const told = await until(follow(), (found) => found);
    expect(ofChannel("channel_60")(told)).toMatchObject({ unheeded });
    // A session that came and went since: what was before it is no reason any more.
    await knex
      .withSchema(schema)
      .table("channels")
      .where({ id: channelId })
      .update({
        state: knex.raw("jsonb_set(state, '{session}', jsonb_build_object('closedAt', ?::bigint))", [
          Date.now() + 60_000,
        ]),
      });
    expect(await readUnheeded(service.database, [channelId])).toEqual(new Map());
    await knex.withSchema(schema).table("events").where({ channel_id: channelId }).del();
  });

  it("counts what waits, broke and was given up", async () => {
    const { knex, schema } = service.database;
    const follower = follow();
    await until(follower, ({ isAll }) => isAll || undefined);
    const of = (name: string) => knex.withSchema(schema).table(name);
    const [event] = await of("events").where({ source: "agora", channel_id: 7 }).select<{ id: number }[]>("id");
    await of("events").where({ id: event?.id }).update({ status: "failed" });
    await of("effects").where({ channel_id: 7 }).update({ status: "dead" });
    await of("events").insert({ source: "tally", dedupe_key: "waits", type: "HoldSet", channel_id: 7 });
    const counts = await until(follower, (news) => (news.counts?.pending === 1 ? news.counts : undefined));
    expect(counts).toMatchObject({ failed: 1, pending: 1 });
    expect(counts.dead).toBeGreaterThan(0);
    expect(counts.oldestPendingSeconds).toBeGreaterThanOrEqual(0);
    await of("events").where({ dedupe_key: "waits" }).del();
  });

  it("tells which webhooks were refused in the last hour, what a wrong secret has cost first, with what to do", async () => {
    const follower = follow();
    await until(follower, ({ isAll }) => isAll || undefined);
    const { knex, schema } = service.database;
    const log = createLogger({ level: "silent" });
    const counter = createRefusalCounter({ knex, schema, log });
    const source = "cloudflare";
    const why = "cf-webhook-auth is not the secret in CLOUDFLARE_NOTIFICATION_SECRET";
    counter.onRefused({ source, door: "/cloudflare/live", why });
    counter.onRefused({ source, door: "/cloudflare/live", why });
    counter.onRefused({ source, door: "/cloudflare/video", why: "the connection broke off" });
    await counter.close();
    const counts = await until(follower, (news) => (news.counts?.refusals.length === 2 ? news.counts : undefined));
    expect(countsAnswer.parse(counts).refusals).toMatchObject([
      {
        sender: "Cloudflare notifications",
        path: "/webhooks/cloudflare/live",
        why,
        count: 2,
        isAlarming: true,
        todo: expect.stringContaining("CLOUDFLARE_NOTIFICATION_SECRET") as string,
      },
      { path: "/webhooks/cloudflare/video", count: 1, isAlarming: false },
    ]);
    await knex.withSchema(schema).table("refusals").del();
  });

  it("reads nothing while nobody follows, and all of it again for who comes then", async () => {
    const follower = follow();
    await until(follower, ({ isAll }) => isAll || undefined);
    follower.leave();
    await follower.changed();
    const before = statements;
    await service.notifyAndWait(103, "channel_10", 1);
    expect(statements).toBe(before);
    expect(await until(follow(), ofChannel("channel_10"))).toMatchObject({ channelId: 10 });
  });
});
