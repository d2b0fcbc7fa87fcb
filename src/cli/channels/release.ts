import type { Command } from "commander";

import { appendWithin, operatorEvent } from "../../eventlog/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { findChannel } from "../store/channel.ts";
import { inTransaction } from "../store/in-transaction.ts";
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
        if (channel.state.hold !== null) {
          await inTransaction(tables, (trx) =>
            appendWithin(trx, tables.schema, [operatorEvent(channel, { type: "HoldReleased" })]),
          );
          await advanceChannels(service, [channel.id]);
        }
        const words = channel.state.hold === null ? "has no hold" : "is released";
        await printOutcome(io, options, service, { name, words });
      }),
    );
}
