import type { Command } from "commander";

import { releaseChannel } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { findChannel } from "../store/channel.ts";
import { whoami } from "../whoami.ts";
import { withService } from "../with-service.ts";
import { printOutcome } from "./print-outcome.ts";

export function addChannelsRelease(channels: Command, io: Io): void {
  addCommand(channels, "release", {
    summary: "Release a channel's hold, so that it starts again what it should.",
    details: "If a host is in the channel, that may start a recording.",
    examples: ["channels release channel_42"],
  })
    .argument("<name>", "the channel's name")
    .action((name: string, options: CommonOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const channel = await findChannel(tables, name);
        const isReleased = await releaseChannel(tables, channel, whoami());
        if (isReleased) await advanceChannels(service, [channel.id]);
        const words = isReleased ? "is released" : "has no hold";
        await printOutcome(io, options, service, { name, words });
      }),
    );
}
