import type { Command } from "commander";

import {
  addDeliveries,
  createVault,
  type DeliveryFilter,
  findEndpoint,
  listDeliveries,
  sendAgain,
} from "../../notifications/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import { unknownEndpoint } from "../endpoints/print-endpoint.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson, printTable } from "../output/print.ts";
import { count } from "../output/text.ts";
import { type Service, withService } from "../with-service.ts";
import { addFilterOptions, filterOf, type FilterOptions } from "./filter.ts";
import { columns } from "./list.ts";

interface ReplayOptions extends FilterOptions, CommonOptions {
  missed?: true;
  dryRun?: true;
  yes?: true;
}

export function addNotificationsReplay(notifications: Command, io: Io): void {
  const command: Command = addCommand(notifications, "replay", {
    summary: "Send notifications again, with the ids that they had.",
    details:
      "The running service sends them, in their order. With --endpoint and --missed the endpoint also gets what was told " +
      "while it was disabled or not there yet.\n" +
      "Without --yes the plan is shown and you are asked; where there is no terminal nothing happens.",
    examples: [
      "notifications replay msg_1p4v0x2k9qz7a",
      "notifications replay --status given_up --since 2d --yes",
      "notifications replay --endpoint ep_0k2x9d1m4qz7a --missed --since 1d",
    ],
  });
  command.argument("[ids...]", "ids of notifications; or choose them by the options");
  addFilterOptions(command, io, 10_000)
    .option("--missed", "also what the endpoint was never to get")
    .option("--dry-run", "show the plan and do nothing")
    .option("--yes", "do it unasked")
    .action((ids: string[], options: ReplayOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const filter = selectionOf(command, ids, options);
        const items = await listDeliveries(tables, filter);
        const found = new Set(items.map(({ notificationId }) => notificationId));
        const unknown = ids.filter((id) => !found.has(id));
        if (unknown.length > 0 && !options.missed) {
          throw new Failure(`Nothing was done: not found, or left out by the options: ${unknown.join(", ")}.`);
        }
        if (options.json) printJson(io, { deliveries: items });
        else printTable(io, items, columns(io), "No notification fits.");
        if (options.dryRun || (items.length === 0 && !options.missed)) return;

        const more = options.missed ? " and what the endpoint missed" : "";
        await confirm(io, `Send ${count(items.length, "notification")}${more} again?`, options.yes === true);
        const again = await sendAgain(tables, items);
        const added = options.missed ? await addMissed(service, filter) : 0;
        if (!options.json) io.out(`Done: ${count(again + added, "notification")} will be sent.\n`);
      }),
    );
}

function selectionOf(command: Command, ids: string[], options: ReplayOptions): DeliveryFilter {
  const filter = filterOf(options);
  const { channel, endpoint, status, since } = filter;
  if (options.missed && endpoint === undefined) command.error("error: --missed needs --endpoint");
  if (ids.length === 0 && [channel, endpoint, status, since].every((choice) => choice === undefined)) {
    command.error("error: say which notifications: ids, or at least one of the options that choose them");
  }
  return { ...filter, ...(ids.length > 0 && { ids }) };
}

async function addMissed({ config, tables }: Service, { endpoint = "", ...filter }: DeliveryFilter): Promise<number> {
  const known = await findEndpoint(tables, createVault(config.agora.appCertificate), endpoint);
  if (known === null) throw unknownEndpoint(endpoint);
  return addDeliveries(tables.knex, tables.schema, endpoint, filter);
}
