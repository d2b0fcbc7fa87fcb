import type { Command } from "commander";

import { assertRetriable, describeCall, retryEffects, type StoredEffect } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { count, plain } from "../output/text.ts";
import { wholes } from "../parse/whole.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { effectsOf } from "../store/effects.ts";
import { whoami } from "../whoami.ts";
import { withService } from "../with-service.ts";

interface RetryOptions extends CommonOptions {
  yes?: true;
}

export function addEffectsRetry(effects: Command, io: Io): void {
  addCommand(effects, "retry", {
    summary: "Try dead effects again, those that are still wanted.",
    details:
      "The running service makes the calls. A dead StopRecorder or DeleteVideo gets a new effect, and all its tries again. " +
      "If one of those that you name can't be tried again, none is.\n" +
      "Without --yes the plan is shown and you are asked; where there is no terminal nothing happens.",
    examples: ["effects retry 17", "effects retry 17 23 --yes"],
  })
    .argument("<ids...>", "the effects' ids, as in the list", wholes(1))
    .option("--yes", "do it unasked")
    .action((given: number[], options: RetryOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const ids = [...new Set(given)].sort((a, b) => a - b);
        const plan = await effectsOf(tables, ids);
        await assertRetriable(tables, plan);
        if (!options.json) for (const effect of plan) printPlan(io, effect);
        await confirm(io, `Make ${count(plan.length, "call")} again?`, options.yes === true);
        await retryEffects(tables, plan, whoami());
        await advanceChannels(service, new Set(plan.map(({ channelId }) => channelId)));
        if (options.json) printJson(io, { items: (await effectsOf(tables, ids)).map(({ item }) => item) });
        else io.out(`Done: ${count(plan.length, "effect")} will be tried again.\n`);
      }),
    );
}

function printPlan(io: Io, { item: { id, type, channel, error }, effect }: StoredEffect): void {
  io.out(`${id}  ${type} of ${plain(channel)}: Tally ${plain(describeCall(effect))}.\n`);
  io.out(`${" ".repeat(String(id).length)}  It died of: ${plain(error ?? "nothing that was kept")}\n`);
}
