import type { Command } from "commander";

import { selectEvents } from "../../eventlog/index.ts";
import { countCut, exportLog } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { createProgress } from "../output/progress.ts";
import { count } from "../output/text.ts";
import { withService } from "../with-service.ts";
import { addFilterOptions, filterOf, type FilterOptions } from "./filter.ts";

export function addEventsExport(events: Command, io: Io): void {
  const command = addCommand(events, "export", {
    summary: "Print events with all that is known of them, a line of JSON each.",
    details:
      "The oldest first, decisions too, each channel before its first event: what the state of those channels adds up " +
      'from, so that "tally events import" makes them anew elsewhere. Of a part of a channel\'s log only a part of its ' +
      "state comes. Not in it: keys, endpoints, notifications, samples of viewers and calls of providers.",
    examples: ["events export > log.ndjson", "events export --channel channel_42 --since 1d > evening.ndjson"],
  });
  addFilterOptions(command, io, "at most so many, the newest (default: all that fit)").action(
    (options: FilterOptions & CommonOptions) =>
      withService(io, options, async ({ tables }) => {
        const { selection, events, channels } = await selectEvents(tables, filterOf(options));
        const progress = createProgress(io, events, "events");
        for await (const page of exportLog(tables, selection)) {
          io.out(page.text);
          await io.drained();
          progress.add(page.events);
        }
        progress.clear();
        io.err(`${count(progress.sum().done, "event")} exported.\n`);
        const cut = await countCut(
          tables,
          channels.map(({ channelId }) => channelId),
        );
        if (cut > 0) {
          io.err(`Older events of ${count(cut, "channel")} are not kept any more: elsewhere it begins later.\n`);
        }
      }),
  );
}
