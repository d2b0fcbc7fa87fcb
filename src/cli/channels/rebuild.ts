import type { Command } from "commander";

import { type ChannelReplay, planReplay, rebuildChannel } from "../../engine/index.ts";
import { rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { describeStatus } from "../describe-status.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printFields, printJson } from "../output/print.ts";
import { advanceChannels, rulesOf } from "../store/advance-channels.ts";
import { type Channel, findChannel } from "../store/channel.ts";
import { type Service, withService } from "../with-service.ts";

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
        const channel = await findChannel(service.tables, name);
        const write = options.yes === true;
        const found = write ? await rebuild(service, channel) : await compare(service, channel);
        if (options.json) printJson(io, toItem(name, found));
        else printRebuild(io, name, found);
        if (found?.differs === true && !write) throw new Failure("Nothing was written: --yes writes it.");
      }),
    );
}

async function rebuild(service: Service, { id }: Channel): Promise<ChannelReplay | null> {
  const found = await rebuildChannel(service.tables, id, rulesOf(service));
  if (found?.differs === true) await advanceChannels(service, [id]);
  return found;
}

/** A replay folds the whole channel anew too: of an event that is folded already, it is a rebuild that can be planned. */
async function compare(service: Service, { id }: Channel): Promise<ChannelReplay | null> {
  const folded = await anyFolded(service.tables, id);
  if (folded === null) return null;
  const plan = await planReplay(service.tables, { ids: [folded] }, rulesOf(service), { act: false });
  return plan.channels[0] ?? null;
}

async function anyFolded({ knex, schema }: Tables, channelId: number): Promise<number | null> {
  const [event] = await rowsOf<{ id: number }>(
    knex,
    `select id from ${table(schema, "events")} where channel_id = :channelId and applied_version is not null limit 1`,
    { channelId },
  );
  return event?.id ?? null;
}

function toItem(channel: string, found: ChannelReplay | null) {
  if (found === null) return { channel, differs: false, effects: [], hold: false };
  const { before, after, differs, effects, hold } = found;
  return { channel, differs, before, after, effects, hold };
}

function printRebuild(io: Io, name: string, found: ChannelReplay | null): void {
  if (found?.differs !== true) {
    io.out(`${name} is what its events add up to.\n`);
    return;
  }
  const { before, after, effects, hold } = found;
  io.out(`${name} differs from what its events add up to.\n`);
  printFields(io, {
    "it is": describeStatus(before),
    "it would be": describeStatus(after),
    calls: effects.join(", "),
    hold: hold ? "yes: it starts nothing until the host's next event or a release" : null,
  });
}
