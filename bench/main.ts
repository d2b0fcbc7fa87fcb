import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createClosers } from "../src/closers.ts";
import { migrate, startEmbedded } from "../src/db/index.ts";
import { createLogger } from "../src/log.ts";
import { measureAcks } from "./acks.ts";
import { measureAnnouncements } from "./announcements.ts";
import { measureFlood } from "./flood.ts";
import { measureMemory } from "./memory.ts";
import { measureReaction } from "./reaction.ts";
import { measureReaders } from "./readers.ts";
import { measureReplay } from "./replay.ts";
import { measureStalled } from "./stalled.ts";
import { measureViewers } from "./viewers.ts";

interface Sizes {
  seconds: number;
  rounds: number;
  events: number;
  readers: number;
}

/** In the order in which they are measured. */
const parts: Record<string, (url: string, sizes: Sizes) => Promise<string>> = {
  acks: (url, { seconds, rounds }) => measureAcks({ url, seconds, rounds }),
  reaction: (url) => measureReaction({ url, joins: 200 }),
  flood: (url, { seconds }) => measureFlood({ url, seconds }),
  viewers: (url, { events }) => measureViewers({ url, viewers: events }),
  memory: (url, { events }) => measureMemory({ url, events }),
  readers: (url, { readers }) => measureReaders({ url, readers }),
  stalled: (url) => measureStalled({ url, readers: 200 }),
  announcements: (url, { seconds, rounds }) => measureAnnouncements({ url, seconds, rounds }),
  replay: (url, { events }) => measureReplay({ url, events }),
};

const usage = `Usage: npm run bench -- [part ...] [--seconds 5] [--rounds 3] [--events 100000] [--readers 5000]

Compares, within one run on one database, what Tally does with what it could leave out.
Ratios carry over to other machines; the numbers beside them don't.
Parts: ${Object.keys(parts).join(", ")}; all of them if none is named.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    events: { type: "string", default: "100000" },
    readers: { type: "string", default: "5000" },
    help: { type: "boolean", short: "h" },
  },
});

if (values.help === true) process.stdout.write(usage);
else await main(positionals.length > 0 ? positionals : Object.keys(parts), sizesOf(values));

async function main(names: readonly string[], sizes: Sizes): Promise<void> {
  const measures = names.map((name) => parts[name] ?? fail(`There is no part ${name}.`));
  const log = createLogger({ level: "warn" });
  const closers = createClosers();
  const dataDir = await mkdtemp(join(tmpdir(), "tally-bench-"));
  closers.add("the temporary folder", () => rm(dataDir, { recursive: true, force: true }));
  try {
    const database = await startEmbedded({ dataDir, log });
    closers.add("the database", database.stop);
    await migrate({ url: database.url, schema: "tally", log });
    for (const measure of measures) process.stdout.write(`${await measure(database.url, sizes)}\n`);
  } finally {
    await closers.closeAll();
  }
}

function sizesOf({ seconds, rounds, events, readers }: Record<keyof Sizes, string>): Sizes {
  const size = (name: string, text: string) =>
    /^[1-9]\d*$/.test(text) ? Number(text) : fail(`--${name} must be a whole number above 0, not ${text}.`);
  return {
    seconds: size("seconds", seconds),
    rounds: size("rounds", rounds),
    events: size("events", events),
    readers: size("readers", readers),
  };
}

function fail(message: string): never {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exit(1);
}
