import { type Command, InvalidArgumentError, Option } from "commander";

import { completeSpan, type MetricsPoint, parseStep, readMetrics, SpanRefused, stepRule } from "../../metrics/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson, printTable } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { shortTime } from "../output/times.ts";
import { parseWhen } from "../parse/when.ts";
import { findChannel } from "../store/channel.ts";
import { withService } from "../with-service.ts";
import { barsOf } from "./bar.ts";

interface MetricsOptions extends CommonOptions {
  from?: Date;
  since?: Date;
  to?: Date;
  step?: number;
}

export function addMetrics(program: Command, io: Io): void {
  const when = (text: string) => parseWhen(text, io.now());
  addCommand(program, "metrics", {
    summary: "Show how many watched a channel, and how its relay was.",
    details:
      "Of the newest session, or of the last hour if there was none. APP is the audience\n" +
      "in Agora's channel, PLAYERS those at Cloudflare; of several samples in a step\n" +
      "the most counts. A time without samples has no line.",
    examples: ["metrics channel_42", "metrics channel_42 --since 2h --step 5m", "metrics channel_42 --json"],
  })
    .argument("<channel>", "its name")
    .option("--from <time>", "sampled at or after: 2h, 30m, 3d ago, or ISO 8601", when)
    .addOption(new Option("--since <time>", "the same").argParser(when).conflicts("from"))
    .option("--to <time>", "sampled before, likewise", when)
    .option("--step <length>", stepRule, step)
    .action((name: string, options: MetricsOptions) =>
      withService(io, options, async ({ tables }) => {
        const channel = await findChannel(tables, name);
        const { from = options.since, to, step: stepSeconds } = options;
        const span = await completeSpan(tables, channel.id, { from, to, stepSeconds }).catch(refuse);
        const items = await readMetrics(tables, channel.id, span);
        if (options.json) {
          printJson(io, { channel: name, from: span.from, to: span.to, step: span.stepSeconds, items });
        } else {
          const none = `Nothing was sampled from ${span.from.toISOString()} to ${span.to.toISOString()}.`;
          printTable(io, items, columnsOf(items, io), none);
        }
      }),
    );
}

/** What the other columns take at their widest. */
const besideBar = 50;
const longestBar = 40;

function columnsOf(points: readonly MetricsPoint[], io: Io): Column<MetricsPoint>[] {
  const bar = barsOf(points, Math.min(io.columns - besideBar, longestBar));
  return [
    { title: "TIME UTC", value: ({ at }) => shortTime(at, io.now()) },
    { title: "APP", value: ({ agoraViewers }) => String(agoraViewers ?? "") },
    { title: "PLAYERS", value: ({ hlsViewers }) => String(hlsViewers ?? "") },
    { title: "RELAY", value: ({ relayHealth }) => relayHealth ?? "" },
    { title: "", value: bar },
  ];
}

function step(text: string): number {
  const seconds = parseStep(text);
  if (seconds === null) throw new InvalidArgumentError(`It must be ${stepRule}.`);
  return seconds;
}

function refuse(error: unknown): never {
  if (error instanceof SpanRefused) throw new Failure(`--${error.member} ${error.message}.`, { cause: error });
  throw error;
}
