import type { Command } from "commander";

import { dismissEffects } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { count } from "../output/text.ts";
import { wholes } from "../parse/whole.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { effectsOf } from "../store/effects.ts";
import { whoami } from "../whoami.ts";
import { withService } from "../with-service.ts";

export function addEffectsDismiss(effects: Command, io: Io): void {
  addCommand(effects, "dismiss", {
    summary: "Put dead effects aside that nobody wants any more.",
    details:
      "They are failed then, and no alert counts them. No call comes of it. What a channel still waits for can't be put " +
      "aside: it is to be retried. If one of those that you name can't be put aside, none is.",
    examples: ["effects dismiss 17", "effects dismiss 17 23 --json"],
  })
    .argument("<ids...>", "the effects' ids, as in the list", wholes(1))
    .action((given: number[], options: CommonOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const ids = [...new Set(given)].sort((a, b) => a - b);
        const dead = await effectsOf(tables, ids);
        await dismissEffects(tables, dead, whoami());
        await advanceChannels(service, new Set(dead.map(({ channelId }) => channelId)));
        if (options.json) printJson(io, { items: (await effectsOf(tables, ids)).map(({ item }) => item) });
        else io.out(`Done: ${count(dead.length, "effect")} put aside.\n`);
      }),
    );
}
