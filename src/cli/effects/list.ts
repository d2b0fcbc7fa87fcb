import { type Command, Option } from "commander";

import type { EffectStatus } from "../../db/index.ts";
import { type EffectItem, listEffects } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printList } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { whole } from "../parse/whole.ts";
import { withService } from "../with-service.ts";

interface ListOptions extends CommonOptions {
  dead?: true;
  status?: EffectStatus;
  channel?: string;
  limit: number;
}

const statuses = ["open", "succeeded", "failed", "cancelled", "dead"] satisfies EffectStatus[];

export function addEffectsList(effects: Command, io: Io): void {
  addCommand(effects, "list", {
    summary: "List effects, the newest first.",
    details: "A dead one waits for a person; a dead StopRecorder may be a recording that goes on and costs money.",
    examples: [
      "effects list --dead",
      "effects list --channel channel_42 --limit 10",
      "effects list --status open --json",
    ],
  })
    .addOption(new Option("--dead", "only those that were given up").conflicts("status"))
    .addOption(new Option("--status <status>", "with this status").choices(statuses))
    .option("--channel <name>", "of this channel")
    .option("--limit <number>", "at most so many", whole(1, 100_000), 50)
    .action((options: ListOptions) =>
      withService(io, options, async ({ tables }) => {
        const { channel, limit } = options;
        const status = options.dead ? "dead" : options.status;
        const items = await listEffects(tables, { status, channel, limit });
        printList(io, options, { items, columns, none: "No effect fits.", limit });
      }),
    );
}

const columns: Column<EffectItem>[] = [
  { title: "ID", value: ({ id }) => String(id) },
  { title: "TYPE", value: ({ type }) => type },
  { title: "CHANNEL", value: ({ channel }) => channel, flexible: 16 },
  { title: "STATUS", value: ({ status }) => status, alarming: ({ status }) => status === "dead" },
  { title: "TRIES", value: ({ attempts }) => String(attempts) },
  { title: "ERROR", value: ({ error }) => error ?? "", flexible: 20 },
];
