import type { Command } from "commander";

import { retryEffect } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { whole } from "../parse/whole.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { effectOf } from "../store/effects.ts";
import { whoami } from "../whoami.ts";
import { withService } from "../with-service.ts";

export function addEffectsRetry(effects: Command, io: Io): void {
  addCommand(effects, "retry", {
    summary: "Try a dead effect again, if it is still wanted.",
    details:
      "The running service makes the call. A dead StopRecorder or DeleteVideo gets a new effect, and all its tries again.",
    examples: ["effects retry 17"],
  })
    .argument("<id>", "the effect's id, as in the list", whole(1))
    .action((id: number, options: CommonOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const found = await effectOf(tables, id);
        await retryEffect(tables, found, whoami());
        await advanceChannels(service, [found.channelId]);
        const { item } = await effectOf(tables, id);
        if (options.json) printJson(io, item);
        else io.out(`${item.type} of ${item.channel} is tried again.\n`);
      }),
    );
}
