import type { Command } from "commander";

import { awaitCheck, type CheckReport, requestCheck } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { whole } from "../parse/whole.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { isServiceAlive } from "../store/catch-ups.ts";
import { findChannel } from "../store/channel.ts";
import { whoami } from "../whoami.ts";
import { withService } from "../with-service.ts";

interface CheckOptions extends CommonOptions {
  wait: number;
}

export function addChannelsCheck(channels: Command, io: Io): void {
  addCommand(channels, "check", {
    summary: "Ask Agora and Cloudflare how a channel is, now.",
    details:
      "Agora is asked who is in it and whether its recorders run, Cloudflare whether the picture arrives. The running " +
      "service asks and acts upon the answers, as by its own checkups.",
    examples: ["channels check channel_42", "channels check channel_42 --wait 30 --json"],
  })
    .argument("<name>", "the channel's name")
    .option("--wait <seconds>", "wait so long for the answers", whole(0, 600), 10)
    .action((name: string, options: CheckOptions) =>
      withService(io, options, async (service) => {
        const { config, tables } = service;
        const channel = await findChannel(tables, name);
        const after = await requestCheck(tables, channel, whoami());
        await advanceChannels(service, [channel.id]);
        const isAlive = await isServiceAlive(tables);
        const ms = isAlive ? options.wait * 1000 : 0;
        const report = await awaitCheck(tables, channel, { after, ms, policy: config.policy });
        if (options.json) printJson(io, report);
        else print(io, report);
        if (report.isComplete) return;
        const words = isAlive ? "Not all is answered yet" : "No service is running: the next one asks";
        io.err(`${words}. What comes of it: tally channels show ${name}.\n`);
      }),
    );
}

function print(io: Io, { channel, answers, next }: CheckReport): void {
  for (const { answer } of answers) if (answer !== null) io.out(`${channel}: ${answer}\n`);
  io.out(`${channel}: ${next}\n`);
}
