import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import type { Command } from "commander";

import { type Imported, importLog } from "../../operators/index.ts";
import { reasonOf } from "../../reason-of.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { createProgress } from "../output/progress.ts";
import { count, plain } from "../output/text.ts";
import { rulesOf } from "../store/advance-channels.ts";
import { withService } from "../with-service.ts";

interface ImportOptions extends CommonOptions {
  skipBad?: true;
}

export function addEventsImport(events: Command, io: Io): void {
  addCommand(events, "import", {
    summary: 'Take in what "tally events export" printed, each event once, and fold its channels.',
    details:
      "No provider is called: a channel is left as it was until its next event, and held if it would start something. " +
      "Twice the same is once. The first bad line ends it, and what came before it stays.",
    examples: ["events import log.ndjson", "events import - < log.ndjson"],
  })
    .argument("<file>", "a file of lines; - reads what is piped in")
    .option("--skip-bad", "leave bad lines out and go on")
    .action((file: string, options: ImportOptions) =>
      withService(io, options, async (service) => {
        const input = file === "-" ? io.input : await openFile(file);
        const progress = createProgress(io, null, "lines");
        const lines = createInterface({ input, crlfDelay: Infinity });
        const imported = await importLog(service.tables, lines, rulesOf(service), {
          skipBad: options.skipBad === true,
          onRead: progress.add,
        });
        progress.clear();
        if (options.json) printJson(io, imported);
        else printImported(io, imported);
        if (imported.badLines > 0) throw new Failure(describeBad(imported, options.skipBad === true));
      }),
    );
}

async function openFile(path: string): Promise<Readable> {
  try {
    return (await open(path)).createReadStream();
  } catch (error) {
    throw new Failure(`${path} can't be read: ${reasonOf(error)}.`, { cause: error });
  }
}

function printImported(io: Io, { events, duplicates, channels, held }: Imported): void {
  const known = duplicates > 0 ? `; ${count(duplicates, "event")} were there before` : "";
  io.out(`${count(events, "event")} of ${count(channels, "channel")} imported${known}.\n`);
  if (held > 0) {
    io.out(`Held until the host's next event or "tally channels release": ${count(held, "channel")}.\n`);
  }
}

function describeBad({ bad, badLines }: Imported, skipped: boolean): string {
  const lines = bad.map(({ line, problem }) => `Line ${line}: ${plain(problem)}.`);
  const more = badLines > bad.length ? [`… and ${badLines - bad.length} more.`] : [];
  const advice = skipped
    ? `${count(badLines, "line")} left out. Mend them and import the file again: what is there stays as it is.`
    : "It ended there. Mend the line and import the file again, or leave such lines out with --skip-bad.";
  return [...lines, ...more, advice].join("\n");
}
