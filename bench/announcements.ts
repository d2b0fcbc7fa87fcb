import { createDatabase } from "../src/db/index.ts";
import { openFeed } from "../src/eventlog/index.ts";
import { createLogger } from "../src/log.ts";
import { type BenchChannel, createChanges } from "./changes.ts";
import { median, table } from "./table.ts";

const connections = 64;
/** Found before Postgres's own `pg_notify` by whoever looks there first; it announces nothing. */
const mute = "bench_mute";

/**
 * What it costs that every advance announces its version: Postgres commits transactions that notify one after the other.
 * The same advances, each of a channel and on a connection of its own, with and without; and the same for transactions of
 * one update, where nothing but the commit is left.
 */
export async function measureAnnouncements(of: { url: string; seconds: number; rounds: number }): Promise<string> {
  const { url, seconds, rounds } = of;
  const log = createLogger({ level: "fatal" });
  const { knex, close } = createDatabase({ url, schema: "tally", poolMax: 1, log });
  await knex.raw(`create schema ${mute};
    create function ${mute}.pg_notify(text, text) returns void language sql as 'select'`);
  await close();
  const muted = `${url}${url.includes("?") ? "&" : "?"}options=${encodeURIComponent(`-c search_path=${mute},pg_catalog`)}`;
  const feed = openFeed({ url, schema: "tally", log }); // as in every process
  try {
    const rates = { advances: [[], []], commits: [[], []] } as Record<"advances" | "commits", [number[], number[]]>;
    for (let round = 0; round < rounds; round++) {
      for (const [which, database] of [url, muted].entries()) {
        rates.advances[which as 0 | 1].push(await advancesPerSecond(database, seconds));
        rates.commits[which as 0 | 1].push(await commitsPerSecond(database, seconds));
      }
    }
    const row = (name: string, [loud, silent]: [number[], number[]]) => [
      name,
      median(loud).toFixed(0),
      median(silent).toFixed(0),
      (median(loud) / median(silent)).toFixed(2),
    ];
    const title = `Announcing a version, ${connections} connections, a second, median of ${rounds} rounds of ${seconds} s`;
    const rows = [row("an event and its advance", rates.advances), row("a transaction of one update", rates.commits)];
    return table(title, ["what", "announced", "not announced", "ratio"], rows);
  } finally {
    await feed.close();
  }
}

async function advancesPerSecond(url: string, seconds: number): Promise<number> {
  const { register, change, close } = createChanges({ url, concurrency: connections });
  try {
    const channels: BenchChannel[] = [];
    for (let n = 0; n < connections; n++) channels.push(await register(`announced-${n}`));
    return await perSecond(seconds, (n) => change(channels[n] as BenchChannel));
  } finally {
    await close();
  }
}

/** Each in one round trip, so that it is the database that is measured. */
async function commitsPerSecond(url: string, seconds: number): Promise<number> {
  const log = createLogger({ level: "fatal" });
  const { knex, close } = createDatabase({ url, schema: "tally", poolMax: connections, log });
  try {
    return await perSecond(seconds, (n) =>
      knex.raw(`begin; update tally.channels set version = version + 1 where name = 'announced-${n}';
        select pg_notify('tally_versions', '1 announced-${n}'); commit`),
    );
  } finally {
    await close();
  }
}

/** @param work - its argument is the number of the one that does it, from 0 to the number of connections */
async function perSecond(seconds: number, work: (n: number) => PromiseLike<unknown>): Promise<number> {
  let done = 0;
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const goOn = async (n: number) => {
    for (; performance.now() < end; done++) await work(n);
  };
  await Promise.all(Array.from({ length: connections }, (_, n) => goOn(n)));
  return (done * 1000) / (performance.now() - startedAt);
}
