import type { ChannelReplay, ReplayPlan } from "../../engine/index.ts";
import { describeStatus } from "../describe-status.ts";
import type { Io } from "../io.ts";
import { printTable } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { count } from "../output/text.ts";

/** Shows what a replay would do, a line for each channel. */
export function printReplay(io: Io, { ids, channels }: ReplayPlan): void {
  io.out(`${count(ids.length, "event")} to process again, of ${count(channels.length, "channel")}.\n`);
  if (channels.length === 0) return;
  io.out("\n");
  printTable(io, channels, columns, "");
  io.out("\n");
  const held = channels.filter(({ hold }) => hold).length;
  if (held > 0) {
    io.out(
      `${count(held, "channel")} would start something and will be held until the host's next event or\n` +
        'until "tally channels release". --act lets the new state start it.\n',
    );
  }
}

const columns: Column<ChannelReplay>[] = [
  { title: "CHANNEL", value: ({ channel }) => channel, flexible: 16 },
  { title: "BEFORE", value: ({ before }) => describeStatus(before), flexible: 16 },
  { title: "AFTER", value: describeAfter, flexible: 16 },
  { title: "CALLS", value: ({ effects }) => effects.join(", "), flexible: 16 },
  { title: "HOLD", value: ({ hold }) => (hold ? "yes" : "") },
];

function describeAfter({ before, after, differs }: ChannelReplay): string {
  if (!differs) return "no change";
  const words = describeStatus(after);
  return words === describeStatus(before) ? "the same, but for details" : words;
}
