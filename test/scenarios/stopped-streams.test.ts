import type { AppRouter } from "@tally/client/trpc";
import { createTRPCClient, httpSubscriptionLink } from "@trpc/client";
import { EventSource } from "eventsource";
import { afterEach, expect, test } from "vitest";

import { channelAnswer, statusTokenAnswer } from "../../src/api/schemas.ts";
import { createClosers } from "../../src/closers.ts";
import { rawSocket, statusesIn, wire } from "../support/raw-socket.ts";
import { apiKey, type Evening, openEvening } from "./evening.ts";
import { type ServiceProcess, spawnService } from "./process.ts";

const path = "/v1/channels/channel_7";
const streamPath = `${path}/status/stream`;
const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };

let closers = createClosers();
afterEach(async () => {
  await closers.closeAll();
  closers = createClosers();
});

async function serve({ environment }: Evening): Promise<ServiceProcess> {
  const service = await spawnService({ ...environment, LOG_LEVEL: "info" });
  closers.add("the service", async () => {
    service.child.kill("SIGKILL");
    await service.gone;
  });
  return service;
}

async function call({ url }: ServiceProcess, method: string, to: string, body = {}): Promise<unknown> {
  return (await fetch(url + to, { method, headers, body: JSON.stringify(body) })).json();
}

/** Makes a new version of the status. */
async function change(service: ServiceProcess, hostUid: number): Promise<number> {
  return channelAnswer.parse(await call(service, "PUT", path, { hostUid })).status.version;
}

/** A reader, and the versions that it was told. */
interface Follower {
  seen: number[];
  /** Resolves when it was told this version. */
  reached: (version: number) => Promise<void>;
}

function createFollower(): Follower & { tell: (version: number) => void } {
  const seen: number[] = [];
  let told = (): void => undefined;
  return {
    seen,
    tell(version) {
      seen.push(version);
      told();
    },
    async reached(version) {
      while (seen.at(-1) !== version) await new Promise<void>((resolve) => (told = resolve));
    },
  };
}

/** An EventSource that finds the newest process at each connection, as behind a load balancer. */
function balanced(url: () => string): typeof EventSource {
  return class extends EventSource {
    constructor(address: string | URL, init: ConstructorParameters<typeof EventSource>[1] = {}) {
      const at = (each: string | URL) => String(each).replace("http://tally", url());
      super(address, { ...init, fetch: (each, options) => fetch(at(each), options) });
    }
  };
}

function followStream(url: () => string, token: string): Follower {
  const source = new (balanced(url))(`http://tally${streamPath}?token=${token}`);
  closers.add("the stream's reader", () => source.close());
  const { tell, ...follower } = createFollower();
  source.onmessage = ({ lastEventId }) => tell(Number(lastEventId));
  return follower;
}

function subscribe(url: () => string, token: string): Follower {
  const link = httpSubscriptionLink({
    url: "http://tally/trpc",
    EventSource: balanced(url),
    connectionParams: { token },
  });
  const { tell, ...follower } = createFollower();
  const subscription = createTRPCClient<AppRouter>({ links: [link] }).recording.onStatus.subscribe(
    { channel: "channel_7" },
    { onData: ({ data }) => tell(data.version) },
  );
  closers.add("the subscription", () => subscription.unsubscribe());
  return follower;
}

/** Reads what comes on a connection of its own, byte for byte, from its first status to its end. */
async function readRaw(service: ServiceProcess, to: string): Promise<() => Promise<string>> {
  const raw = await rawSocket(service.url);
  closers.add("the connection", () => void raw.socket.destroy());
  raw.send(wire(`GET ${to}`, { host: "tally", authorization: headers.authorization }));
  await raw.has('"version":');
  return () => raw.closed;
}

test("SIGTERM with open streams: they end in order, the process ends with 0, and their readers go on at the next one", async () => {
  const tonight = await openEvening();
  closers.add("the evening", () => tonight.close());
  const first = await serve(tonight);
  let newest = first;
  const started = await change(first, 5);
  const { token } = statusTokenAnswer.parse(await call(first, "POST", `${path}/status-token`));
  const followers = [followStream(() => newest.url, token), subscribe(() => newest.url, token)];
  for (const { reached } of followers) await reached(started);
  const input = encodeURIComponent(JSON.stringify({ channel: "channel_7" }));
  const ends = [await readRaw(first, streamPath), await readRaw(first, `/trpc/recording.onStatus?input=${input}`)];

  first.child.kill("SIGTERM");
  const texts = await Promise.all(ends.map((end) => end()));
  for (const text of texts) {
    expect(statusesIn(text)).toEqual([200]);
    // The last chunk of HTTP: an end, and no break.
    expect(text.endsWith("\r\n0\r\n\r\n")).toBe(true);
  }
  // Told the reason for which its clients connect again; without one they would take it for over.
  expect(texts[1]).toContain("SERVICE_UNAVAILABLE");
  expect(await first.gone).toBe(0);
  // All four, and no one again who came back by a connection that was kept.
  const ended = [...first.output().matchAll(/"stream":\{"ended":"(\w+)","events":(\d)\}/g)];
  expect(ended.map(([, why, events]) => `${why} ${events}`)).toEqual(Array(4).fill("shutdown 1"));

  newest = await serve(tonight);
  const changed = await change(newest, 6);
  for (const { reached } of followers) await reached(changed);
  for (const { seen } of followers) expect(seen).toEqual([started, changed]);
}, 60_000);
