import type { Command } from "commander";

import { type EventItem, listEventItems } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printList } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { shortIso } from "../output/times.ts";
import { withService } from "../with-service.ts";
import { describeEvent } from "./describe-event.ts";
import { addFilterOptions, filterOf, type FilterOptions } from "./filter.ts";

const defaultLimit = 50;

export function addEventsList(events: Command, io: Io): void {
  const command = addCommand(events, "list", {
    summary: "List events, the newest first.",
    details: "Times are UTC: of the day for today's events, else with the date.",
    examples: [
      "events list --channel channel_42 --since 2h",
      "events list --type 103 --status ignored --limit 10",
      "events list --source cloudflare --since 2026-03-14 --json",
    ],
  });
  addFilterOptions(command, io, `at most so many, the newest (default: ${defaultLimit})`).action(
    (options: FilterOptions & CommonOptions) =>
      withService(io, options, async ({ tables }) => {
        const { limit = defaultLimit } = options;
        const items = await listEventItems(tables, { ...filterOf(options), limit });
        printList(io, options, { items, columns: columns(io), none: "No event fits.", limit });
      }),
  );
}

function columns(io: Io): Column<EventItem>[] {
  return [
    { title: "ID", value: ({ id }) => String(id) },
    { title: "TIME UTC", value: ({ receivedAt }) => shortIso(receivedAt, io.now()) },
    { title: "SOURCE", value: ({ source }) => source },
    { title: "EVENT", value: describeEvent, flexible: 25 },
    { title: "CHANNEL", value: ({ channel }) => channel ?? "", flexible: 12 },
    { title: "STATUS", value: ({ status }) => status, alarming: ({ status }) => status === "failed" },
    { title: "NOTE", value: ({ note }) => note ?? "", below: true },
  ];
}
