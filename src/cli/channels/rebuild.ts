import type { Command } from "commander";

import { type ChannelReplay, planRebuild } from "../../engine/index.ts";
import { selectEvents } from "../../eventlog/index.ts";
import { presentReplay, rebuild } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { createProgress, describeSpeed, type Progress } from "../output/progress.ts";
import { formatReplay } from "../output/replay-diff.ts";
import { count, plain } from "../output/text.ts";
import { advanceChannels, rulesOf } from "../store/advance-channels.ts";
import { findChannel } from "../store/channel.ts";
import { linksOf } from "../store/links.ts";
import { whoami } from "../whoami.ts";
import { type Service, withService } from "../with-service.ts";

interface RebuildOptions extends CommonOptions {
  yes?: true;
  all?: true;
}

export function addChannelsRebuild(channels: Command, io: Io): void {
  const command: Command = addCommand(channels, "rebuild", {
    summary: "Fold all events of a channel anew and compare; --yes writes what differs.",
    details:
      "If the new state would start something at a provider, the channel is held instead. Exit code 1 if it differs " +
      "and was not written. Each channel is written as a whole or not at all: after Ctrl-C, the same again goes on.",
    examples: ["channels rebuild channel_42", "channels rebuild channel_42 --yes", "channels rebuild --all"],
  })
    .argument("[name]", "the channel's name")
    .option("--all", "every channel that has events")
    .option("--yes", "write what differs")
    .action((name: string | undefined, options: RebuildOptions) => {
      if ((name === undefined) !== (options.all === true)) {
        command.error("error: give the name of a channel, or --all");
      }
      return withService(io, options, async (service) => {
        const { tables } = service;
        const ids = name === undefined ? null : [(await findChannel(tables, name)).id];
        const chosen = await selectEvents(tables, ids === null ? {} : { channel: name });
        const progress = createProgress(
          io,
          chosen.channels.reduce((sum, { folded }) => sum + folded, 0),
          "events",
        );
        const write = options.yes === true;
        const all = rebuildAll(service, ids ?? chosen.channels.map(({ channelId }) => channelId), write, progress);
        const { channels, differ } = await show(io, service, options, all, progress);
        if (options.all && !options.json) {
          io.out(`${differ} of ${count(channels, "channel")} differ; ${describeSpeed(progress, "event")}.\n`);
        }
        if (differ > 0 && !write) throw new Failure("Nothing was written: --yes writes it.");
      });
    });
}

/** Each channel is written and advanced before the next one is looked at. */
async function* rebuildAll(
  service: Service,
  ids: readonly number[],
  write: boolean,
  { add }: Progress,
): AsyncGenerator<ChannelReplay> {
  const { tables } = service;
  const rules = rulesOf(service);
  for (const id of ids) {
    const found = write
      ? await rebuild(tables, id, rules, whoami(), add)
      : await planRebuild(tables, id, rules, { act: false }, { onFolded: add });
    if (found === null) throw new Error(`channel ${id} is gone`);
    if (found.differs && write) await advanceChannels(service, [id]);
    yield found;
  }
}

async function show(
  io: Io,
  service: Service,
  { json, all }: RebuildOptions,
  replays: AsyncIterable<ChannelReplay>,
  progress: Progress,
): Promise<{ channels: number; differ: number }> {
  const sum = { channels: 0, differ: 0 };
  const links = linksOf(service);
  for await (const replay of replays) {
    sum.channels++;
    if (replay.differs) sum.differ++;
    progress.clear();
    if (!json && !replay.differs) {
      if (!all) io.out(`${plain(replay.channel)} is what its events add up to.\n`);
      continue;
    }
    const item = await presentReplay(replay, links);
    if (!json) io.out(formatReplay(item, io));
    else if (all) io.out(`${JSON.stringify(item)}\n`);
    else printJson(io, item);
  }
  progress.clear();
  return sum;
}
