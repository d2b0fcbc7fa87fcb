import { setTimeout as wait } from "node:timers/promises";

import fetch from "node-fetch";

import { initialState, toStatus } from "../src/live/index.ts";
import { type Changes, createChanges } from "./changes.ts";
import { type BenchServer, startServer } from "./child.ts";
import { clockMs } from "./clock.ts";
import { type Crowd, startCrowd } from "./crowd.ts";
import { assertOpenFiles, cpuMs, residentMegabytes } from "./process-usage.ts";
import { type BenchProvider, startProvider } from "./provider.ts";
import { startWholeService } from "./service.ts";
import { median, quantile, table } from "./table.ts";

const rounds = 30;
const warmUpRounds = 5;
/** Until memory is what it stays, and every reader had a sign of life, which is sent every 15 s. */
const settleMs = 20_000;

interface Pushed {
  name: string;
  server: BenchServer;
  channels: readonly PushedChannel[];
}

interface PushedChannel {
  name: string;
  /** Gives its readers their next event. @returns when that was begun, by `clockMs` */
  push: () => Promise<number>;
}

interface Measured {
  /** Of each round: milliseconds from a channel's commit to its readers. */
  rounds: number[][];
  connectSeconds: number;
  /** Of the server's process, for one round. */
  cpuPerRound: number;
  /** Of the server's process, in a second without a change. */
  cpuIdle: number;
  kilobytesPerReader: number;
}

/**
 * From the commit of a channel's new version to each of so many readers of its stream, all at one process of the service:
 * of one channel, and of a hundred that change one after the other. Beside it a bare HTTP server that writes the same
 * bytes to as many answers in a loop, which is the least that any way of pushing them costs. Readers, service and database
 * share the machine.
 */
export async function measureReaders({ url, readers }: { url: string; readers: number }): Promise<string> {
  await assertOpenFiles(readers + 200);
  const provider = await startProvider();
  const changes = createChanges({ url, concurrency: 1 });
  try {
    const rows = [
      await measured(() => startBare(), readers),
      await measured(() => startTally({ url, provider, changes, channels: 1 }), readers),
      await measured(() => startTally({ url, provider, changes, channels: 100 }), readers),
    ];
    const title = `From a commit to ${readers} readers, ms, in the middle one of ${rounds} changes`;
    const cost = ["connected, s", "CPU ms/change", "CPU ms/s idle", "kB/reader"];
    return table(title, ["way", "first", "median", "99 %", "last", ...cost], rows);
  } finally {
    await changes.close();
    await provider.close();
  }
}

async function measured(start: () => Promise<Pushed>, readers: number): Promise<string[]> {
  const pushed = await start();
  try {
    const of = await measure(pushed, readers);
    const share = (q: number) => median(of.rounds.map((round) => quantile(round, q))).toFixed(0);
    const costs = [of.cpuPerRound.toFixed(0), of.cpuIdle.toFixed(0), of.kilobytesPerReader.toFixed(0)];
    return [pushed.name, share(0), share(0.5), share(0.99), share(1), of.connectSeconds.toFixed(1), ...costs];
  } finally {
    await pushed.server.stop();
  }
}

async function measure(pushed: Pushed, readers: number): Promise<Measured> {
  const { server, channels } = pushed;
  const crowd = await startCrowd({ url: server.url, channels: channels.map(({ name }) => name), readers });
  try {
    const before = await residentMegabytes(server.pid);
    const connected = crowd.next();
    const startedAt = clockMs();
    crowd.order("connect");
    const { arrivals } = await connected;
    const connectSeconds = (Math.max(...arrivals.map(([, at]) => at)) - startedAt) / 1000;
    for (let n = 0; n < warmUpRounds; n++) await round(pushed, crowd);
    const idleFrom = await cpuMs(server.pid);
    await wait(settleMs);
    const cpuIdle = ((await cpuMs(server.pid)) - idleFrom) / (settleMs / 1000);
    const settled = await residentMegabytes(server.pid);
    const busyFrom = await cpuMs(server.pid);
    const measured: number[][] = [];
    for (let n = 0; n < rounds; n++) measured.push(await round(pushed, crowd));
    return {
      rounds: measured,
      connectSeconds,
      cpuPerRound: ((await cpuMs(server.pid)) - busyFrom) / rounds,
      cpuIdle,
      kilobytesPerReader: ((settled.now - before.now) * 1024) / readers,
    };
  } finally {
    await crowd.stop();
  }
}

/** Every channel changes once. @returns milliseconds of each reader */
async function round({ channels }: Pushed, crowd: Crowd): Promise<number[]> {
  const report = crowd.next();
  const begunAt: number[] = [];
  for (const { push } of channels) begunAt.push(await push());
  return (await report).arrivals.map(([channel, at]) => at - (begunAt[channel] ?? NaN));
}

/** With the events of a channel that was never on air. */
async function startBare(): Promise<Pushed> {
  const context = { channel: "read-1-0", updatedAt: Date.now(), defaultMode: "cloud-recording" } as const;
  const event = (version: number) =>
    `id: ${version}\ndata: ${JSON.stringify(toStatus(initialState(1), { ...context, version }))}\n\n`;
  const server = await startServer("bare-server", [event(0)]);
  let version = 0;
  const push = async () => Number(await (await fetch(server.url, { method: "POST", body: event(++version) })).text());
  return { name: "a loop of writes", server, channels: [{ name: "bare", push }] };
}

async function startTally(of: {
  url: string;
  provider: BenchProvider;
  changes: Changes;
  channels: number;
}): Promise<Pushed> {
  const channels: PushedChannel[] = [];
  for (let n = 0; n < of.channels; n++) {
    const channel = await of.changes.register(`read-${of.channels}-${n}`);
    channels.push({ name: channel.name, push: () => of.changes.change(channel) });
  }
  const server = await startWholeService(of.url, of.provider.url);
  return { name: of.channels === 1 ? "Tally, one channel" : `Tally, ${of.channels} channels`, server, channels };
}
