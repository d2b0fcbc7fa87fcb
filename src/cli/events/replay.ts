import type { Command } from "commander";

import { planReplay, type ReplayPlan } from "../../engine/index.ts";
import type { EventFilter } from "../../eventlog/index.ts";
import { replay, toReplayItem } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { count } from "../output/text.ts";
import { whole } from "../parse/whole.ts";
import { advanceChannels, rulesOf } from "../store/advance-channels.ts";
import { whoami } from "../whoami.ts";
import { withService } from "../with-service.ts";
import { addFilterOptions, filterOf, type FilterOptions } from "./filter.ts";
import { printReplay } from "./print-replay.ts";

interface ReplayOptions extends FilterOptions, CommonOptions {
  dryRun?: true;
  yes?: true;
  act?: true;
  ended?: true;
}

const defaultLimit = 10_000;

export function addEventsReplay(events: Command, io: Io): void {
  const command: Command = addCommand(events, "replay", {
    summary: "Process stored events again, and say first what that would change.",
    details:
      "Each event is interpreted again, and the channel that it belongs to is folded from its first event on. If the " +
      "new state would start something at a provider, the channel is held instead: it starts nothing until the host's " +
      'next event or "tally channels release". With --act it starts what it wants.\n' +
      "Without --yes the plan is shown and you are asked; where there is no terminal nothing happens.",
    examples: [
      "events replay 1234 1235",
      "events replay --since 2h --status unrecognised --dry-run",
      "events replay --channel channel_42 --since 1d --yes",
    ],
  });
  command.argument("[ids...]", "ids of events; or choose them by the options", parseId);
  addFilterOptions(command, io, `at most so many, the newest (default: ${defaultLimit})`)
    .option("--dry-run", "show the plan and do nothing")
    .option("--yes", "do it unasked")
    .option("--act", "let the new state start what it wants, instead of holding the channel")
    .option("--ended", "with --act: also where the last broadcast is over")
    .action((ids: number[], options: ReplayOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const rules = rulesOf(service);
        const mode = { act: options.act === true, ended: options.ended === true };
        const { limit = defaultLimit } = options;
        const plan = await planReplay(tables, selectionOf(command, ids, options), rules, mode);
        assertFound(ids, plan);
        if (options.json) printJson(io, toReplayItem(plan, limit));
        else printReplay(io, plan);
        if (plan.ids.length === limit) io.err(`These are the newest ${limit} that fit; --limit takes more.\n`);
        if (options.dryRun || plan.channels.length === 0) return;

        await confirm(io, `Replay ${count(plan.ids.length, "event")}?`, options.yes === true);
        const done = await replay(tables, plan, rules, mode, whoami());
        const changed = done.filter(({ differs }) => differs);
        await advanceChannels(
          service,
          changed.map(({ channelId }) => channelId),
        );
        if (!options.json) io.out(`Done: ${changed.length} of ${count(done.length, "channel")} changed.\n`);
      }),
    );
}

function parseId(text: string, previous: number[] | undefined): number[] {
  return [...(previous ?? []), whole(1)(text)];
}

function selectionOf(command: Command, ids: number[], options: ReplayOptions): EventFilter {
  const filter = filterOf(options);
  if (ids.length === 0 && Object.keys(filter).length === 0) {
    command.error("error: say which events: ids, or at least one of the options that choose them");
  }
  return { limit: defaultLimit, ...filter, ...(ids.length > 0 && { ids }) };
}

function assertFound(ids: number[], plan: ReplayPlan): void {
  const found = new Set(plan.ids);
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return;
  throw new Failure(`Nothing was done: not found, or left out by the options: ${missing.join(", ")}.`);
}
