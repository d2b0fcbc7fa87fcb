import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createClosers } from "../src/closers.ts";
import { migrate, startEmbedded } from "../src/db/index.ts";
import { createLogger } from "../src/log.ts";
import { measureAcks } from "./acks.ts";
import { measureFlood } from "./flood.ts";
import { measureMemory } from "./memory.ts";
import { measureReaction } from "./reaction.ts";
import { measureViewers } from "./viewers.ts";

const usage = `Usage: npm run bench -- [--seconds 5] [--rounds 3] [--events 100000]

Compares, within one run on one database, what Tally does with what it could leave out.
Ratios carry over to other machines; the numbers beside them don't.
`;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    events: { type: "string", default: "100000" },
    help: { type: "boolean", short: "h" },
  },
});

if (values.help === true) process.stdout.write(usage);
else await main(Number(values.seconds), Number(values.rounds), Number(values.events));

async function main(seconds: number, rounds: number, events: number): Promise<void> {
  const log = createLogger({ level: "warn" });
  const closers = createClosers();
  const dataDir = await mkdtemp(join(tmpdir(), "tally-bench-"));
  closers.add("the temporary folder", () => rm(dataDir, { recursive: true, force: true }));
  try {
    const database = await startEmbedded({ dataDir, log });
    closers.add("the database", database.stop);
    await migrate({ url: database.url, schema: "tally", log });
    const print = (text: string) => process.stdout.write(`${text}\n`);
    print(await measureAcks({ url: database.url, seconds, rounds }));
    print(await measureReaction({ url: database.url, joins: 200 }));
    print(await measureFlood({ url: database.url, seconds }));
    print(await measureViewers({ url: database.url, viewers: events }));
    print(await measureMemory({ url: database.url, events }));
  } finally {
    await closers.closeAll();
  }
}
