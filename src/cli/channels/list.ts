import type { Command } from "commander";

import type { Status } from "../../live/index.ts";
import {
  describeUnheeded,
  presentDoubt,
  type PresentedDoubt,
  readUnheeded,
  type Unheeded,
} from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { describeDoubt } from "../describe-doubt.ts";
import type { Io } from "../io.ts";
import { printList } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { shortIso } from "../output/times.ts";
import { whole } from "../parse/whole.ts";
import { listChannels, statusOf } from "../store/channel.ts";
import { tellRefusals } from "../tell-refusals.ts";
import { withService } from "../with-service.ts";

interface ListOptions extends CommonOptions {
  active?: true;
  limit: number;
}

export function addChannelsList(channels: Command, io: Io): void {
  addCommand(channels, "list", {
    summary: "List channels: those in doubt, then the newest change first.",
    examples: ["channels list", "channels list --active", "channels list --active --json"],
  })
    .option("--active", "only those with an open session")
    .option("--limit <number>", "at most so many", whole(1, 100_000), 100)
    .action((options: ListOptions) =>
      withService(io, options, async ({ config, tables }) => {
        const { active = false, limit } = options;
        const found = await listChannels(tables, { active, limit });
        const unheeded = await readUnheeded(
          tables,
          found.map(({ id }) => id),
        );
        const items = found
          .map((channel) => ({
            ...statusOf(channel, config.relayMode),
            doubt: presentDoubt(channel.state, config.policy),
            unheeded: unheeded.get(channel.id) ?? null,
          }))
          // The rest stays in its order.
          .sort((a, b) => Number(b.doubt !== null) - Number(a.doubt !== null));
        const none = active ? "No channel has an open session." : "There is no channel yet.";
        printList(io, options, { items, columns: columns(io), none, limit });
        await tellRefusals(io, tables);
      }),
    );
}

interface ListItem extends Status {
  /** What of it isn't known now; null: nothing. */
  doubt: PresentedDoubt | null;
  /** Notices since its last session that nothing followed from. */
  unheeded: Unheeded | null;
}

function columns(io: Io): Column<ListItem>[] {
  return [
    { title: "CHANNEL", value: ({ channel }) => channel, flexible: 16 },
    { title: "STATE", value: ({ state }) => state, alarming: ({ state }) => state === "error" },
    {
      title: "LIVE",
      value: ({ live, doubt }) => (!live ? "" : doubt === null ? "live" : "in doubt"),
      alarming: ({ doubt }) => doubt !== null,
    },
    { title: "HOST", value: ({ host }) => (host.present ? "here" : "") },
    { title: "HOLD", value: ({ hold }) => hold?.reason ?? "" },
    { title: "CHANGED UTC", value: ({ updatedAt }) => shortIso(updatedAt, io.now()) },
    { title: "REASON", value: (item) => whyNot(item, io), flexible: 20 },
  ];
}

function whyNot({ reason, doubt, unheeded }: ListItem, io: Io): string {
  if (reason !== null) return reason.message;
  if (doubt !== null) return describeDoubt(doubt, io.now());
  return unheeded === null ? "" : describeUnheeded(unheeded);
}
