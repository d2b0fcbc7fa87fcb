import { parseArgs } from "node:util";

import { type Closers, createClosers } from "../closers.ts";
import { playEvening } from "./evening.ts";
import { startService } from "./service.ts";

const usage = `Usage: npm run demo -- [--once]

  --once  exit after the evening: 0 if the story came true, 1 if not

Needs nothing but this checkout: database, service and an imitation of both providers
run on 127.0.0.1, with their data in a temporary folder.
`;

/** `npm run demo`: one evening of a seller on a whole service, told as it happens. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }

  const closers = createClosers();
  const interrupted = new Promise<number>((resolve) => {
    process.once("SIGINT", () => resolve(130));
    process.once("SIGTERM", () => resolve(143));
  });
  try {
    return await Promise.race([interrupted, run(values.once === true, closers)]);
  } finally {
    await closers.closeAll();
  }

  async function run(once: boolean, open: Closers): Promise<number> {
    process.stdout.write("Tally: one evening of a seller.\nStarting database, service and sandbox …\n\n");
    const service = await startService();
    open.add("the service", () => service.stop());
    const failures = await playEvening(service, (line) => process.stdout.write(`${line}\n`));
    process.stdout.write(failures.length === 0 ? "\nThe story came true.\n" : `\n${failures.map(bad).join("\n")}\n`);
    if (once) return failures.length === 0 ? 0 : 1;
    process.stdout.write(service.invitation);
    return interrupted;
  }
}

function bad(failure: string): string {
  return `NOT AS IT SHOULD BE: ${failure}`;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`The demo could not be played: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
