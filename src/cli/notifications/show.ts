import type { Command } from "commander";

import { findNotification, listDeliveries, withoutQuery } from "../../notifications/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printFields, printJson, toJson } from "../output/print.ts";
import { withService } from "../with-service.ts";

export function addNotificationsShow(notifications: Command, io: Io): void {
  addCommand(notifications, "show", {
    summary: "Show a notification: its body, and every attempt to deliver it.",
    examples: ["notifications show msg_1p4v0x2k9qz7a"],
  })
    .argument("<id>", "the notification's id, as in the list and in its header webhook-id")
    .action((id: string, options: CommonOptions) =>
      withService(io, options, async ({ tables }) => {
        const found = await findNotification(tables, id);
        if (found === null) throw new Failure(`There is no notification ${id}: "tally notifications list" shows them.`);
        const { body: text, ...notification } = found;
        const body = JSON.parse(text) as unknown;
        const deliveries = await listDeliveries(tables, { ids: [id], limit: 1_000 });
        if (options.json) {
          printJson(io, { ...notification, body, deliveries });
          return;
        }
        const { createdAt, eventId, ...rest } = notification;
        printFields(io, { ...rest, told: createdAt.toISOString(), event: eventId });
        for (const { endpointId, url, status, nextAt, attemptLog } of deliveries) {
          io.out("\n");
          printFields(io, {
            endpoint: endpointId,
            url: withoutQuery(url),
            status,
            "next attempt": nextAt?.toISOString() ?? null,
            ...Object.fromEntries(
              attemptLog.map(({ at, ms, error, ...attempt }) => [
                at,
                error ?? `answered ${attempt.status} in ${ms} ms`,
              ]),
            ),
          });
        }
        io.out(`\n${toJson(body)}\n`);
      }),
    );
}
