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
 * The same advances, each of a channel and on a connection of its own, with and without; and the same for one
 * statement that makes a version, where little but the commit is left.
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
    const ways = { change: "an event and its advance", bump: "one statement" } as const;
    const rows: string[][] = [];
    for (const [what, name] of Object.entries(ways) as ["change" | "bump", string][]) {
      const announced: number[] = [];
      const silent: number[] = [];
      for (let round = 0; round < rounds; round++) {
        announced.push(await rateOf(what, url, seconds));
        silent.push(await rateOf(what, muted, seconds));
      }
      const ratio = median(announced) / median(silent);
      rows.push([name, median(announced).toFixed(0), median(silent).toFixed(0), ratio.toFixed(2)]);
    }
    const title = `Announcing a version, ${connections} connections, a second, median of ${rounds} rounds of ${seconds} s`;
    return table(title, ["what", "announced", "not announced", "announced / not"], rows);
  } finally {
    await feed.close();
  }
}

/** Each of the connections makes new versions of a channel of its own. */
async function rateOf(what: "change" | "bump", url: string, seconds: number): Promise<number> {
  const changes = createChanges({ url, concurrency: connections });
  try {
    const channels: BenchChannel[] = [];
    for (let n = 0; n < connections; n++) channels.push(await changes.register(`announced-${n}`));
    let done = 0;
    const startedAt = performance.now();
    const goOn = async (channel: BenchChannel) => {
      for (; performance.now() < startedAt + seconds * 1000; done++) await changes[what](channel);
    };
    await Promise.all(channels.map(goOn));
    return (done * 1000) / (performance.now() - startedAt);
  } finally {
    await changes.close();
  }
}
