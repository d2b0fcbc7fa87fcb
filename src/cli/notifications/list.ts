import type { Command } from "commander";

import { type Delivery, listDeliveries } from "../../notifications/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printList } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { shortTime } from "../output/times.ts";
import { withService } from "../with-service.ts";
import { addFilterOptions, filterOf, type FilterOptions } from "./filter.ts";

export function addNotificationsList(notifications: Command, io: Io): void {
  const command = addCommand(notifications, "list", {
    summary: "List notifications and how each endpoint took them, the newest first.",
    examples: ["notifications list --status given_up", "notifications list --channel channel_42 --since 2h --json"],
  });
  addFilterOptions(command, io, 50).action((options: FilterOptions & CommonOptions) =>
    withService(io, options, async ({ tables }) => {
      const items = await listDeliveries(tables, filterOf(options));
      printList(io, options, { items, columns: columns(io), none: "No notification fits.", limit: options.limit });
    }),
  );
}

export function columns(io: Io): Column<Delivery>[] {
  return [
    { title: "ID", value: ({ notificationId }) => notificationId },
    { title: "TOLD UTC", value: ({ createdAt }) => shortTime(createdAt, io.now()) },
    { title: "TYPE", value: ({ type }) => type },
    { title: "CHANNEL", value: ({ channel }) => channel ?? "", flexible: 8 },
    { title: "ENDPOINT", value: ({ endpointId }) => endpointId, flexible: 8 },
    { title: "STATUS", value: ({ status }) => status, alarming: ({ status }) => status === "given_up" },
    { title: "TRIES", value: ({ attempts }) => String(attempts) },
  ];
}
