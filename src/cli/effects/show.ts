import type { Command } from "commander";

import { type CallItem, listCalls, toCallItem } from "../../journal/index.ts";
import { adviseRetry, type EffectItem, type RetryAdvice } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printFields, printJson, printTable } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { shortIso } from "../output/times.ts";
import { whole } from "../parse/whole.ts";
import { effectOf } from "../store/effects.ts";
import { withService } from "../with-service.ts";

/** Of one effect: it makes a handful in each of its few tries. */
const callsMost = 200;

export function addEffectsShow(effects: Command, io: Io): void {
  addCommand(effects, "show", {
    summary: "Show an effect: what it asks, its calls, and what trying it again would do.",
    examples: ["effects show 17", "effects show 17 --json"],
  })
    .argument("<id>", "the effect's id, as in the list", whole(1))
    .action((id: number, options: CommonOptions) =>
      withService(io, options, async ({ tables }) => {
        const stored = await effectOf(tables, id);
        const calls = (await listCalls(tables, { effectIds: [id], limit: callsMost })).map(toCallItem);
        const retry = await adviseRetry(tables, stored);
        if (options.json) printJson(io, { ...stored.item, calls, retry });
        else print(io, { ...stored.item, retry }, calls);
      }),
    );
}

function print(io: Io, item: EffectItem & { retry: RetryAdvice }, calls: readonly CallItem[]): void {
  const { retry } = item;
  printFields(io, {
    effect: item.id,
    type: item.type,
    asks: item.description + (item.isPaid ? ", which costs money" : ""),
    channel: item.channel,
    status: item.status,
    tries: item.attempts,
    error: item.error,
    created: item.createdAt,
    finished: item.finishedAt,
    "to try again":
      item.status !== "dead" ? null : retry.possible ? `tally effects retry ${item.id}: ${retry.does}` : retry.why,
  });
  io.out("\n");
  printTable(io, calls, columns(io), "No call of it is kept.");
}

function columns(io: Io): Column<CallItem>[] {
  return [
    { title: "TIME UTC", value: ({ at }) => shortIso(at, io.now()) },
    { title: "TRY", value: ({ attempt }) => String(attempt ?? "") },
    { title: "CALL", value: ({ provider, operation }) => `${provider} ${operation}` },
    { title: "STATUS", value: ({ status }) => String(status ?? "") },
    { title: "OUTCOME", value: ({ outcome }) => outcome ?? "not ended" },
    { title: "MS", value: ({ ms }) => (ms === null ? "" : String(Math.round(ms))) },
    { title: "REQUEST", value: ({ requestId }) => requestId ?? "", flexible: 12 },
    { title: "ERROR", value: ({ error }) => error ?? "", below: true },
  ];
}
