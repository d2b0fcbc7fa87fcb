import type { Command } from "commander";

import { type ChannelReplay, planRebuild } from "../../engine/index.ts";
import { rebuild, toChannelReplayItem } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { describeStatus } from "../describe-status.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printFields, printJson } from "../output/print.ts";
import { advanceChannels, rulesOf } from "../store/advance-channels.ts";
import { findChannel } from "../store/channel.ts";
import { whoami } from "../whoami.ts";
import { withService } from "../with-service.ts";

interface RebuildOptions extends CommonOptions {
  yes?: true;
}

export function addChannelsRebuild(channels: Command, io: Io): void {
  addCommand(channels, "rebuild", {
    summary: "Fold all events of a channel anew and compare; --yes writes what differs.",
    details:
      "If the new state would start something at a provider, the channel is held instead. Exit code 1 if it differs " +
      "and was not written.",
    examples: ["channels rebuild channel_42", "channels rebuild channel_42 --yes"],
  })
    .argument("<name>", "the channel's name")
    .option("--yes", "write what differs")
    .action((name: string, options: RebuildOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const { id } = await findChannel(tables, name);
        const rules = rulesOf(service);
        const write = options.yes === true;
        const found = write ? await rebuild(tables, id, rules, whoami()) : await planRebuild(tables, id, rules);
        if (found === null) throw new Error(`channel ${id} is gone`);
        if (found.differs && write) await advanceChannels(service, [id]);
        if (options.json) printJson(io, toChannelReplayItem(found));
        else printRebuild(io, found);
        if (found.differs && !write) throw new Failure("Nothing was written: --yes writes it.");
      }),
    );
}

function printRebuild(io: Io, { channel: name, differs, before, after, effects, hold }: ChannelReplay): void {
  if (!differs) {
    io.out(`${name} is what its events add up to.\n`);
    return;
  }
  io.out(`${name} differs from what its events add up to.\n`);
  printFields(io, {
    "it is": describeStatus(before),
    "it would be": describeStatus(after),
    calls: effects.join(", "),
    hold: hold ? "yes: it starts nothing until the host's next event or a release" : null,
  });
}
