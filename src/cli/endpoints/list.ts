import type { Command } from "commander";

import { createVault, type Endpoint, findEndpoint, listEndpoints, withoutQuery } from "../../notifications/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printList } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { withService } from "../with-service.ts";
import { printEndpoint, unknownEndpoint } from "./print-endpoint.ts";

export function addEndpointsList(endpoints: Command, io: Io): void {
  addCommand(endpoints, "list", {
    summary: "List the addresses that are told, the oldest first.",
    examples: ["endpoints list", "endpoints list --json"],
  }).action((options: CommonOptions) =>
    withService(io, options, async ({ config, tables }) => {
      const items = await listEndpoints(tables, createVault(config.agora.appCertificate));
      printList(io, options, { items, columns, none: "Nobody is told: tally endpoints create." });
    }),
  );
  addCommand(endpoints, "show", { summary: "Show one of them.", examples: ["endpoints show ep_0k2x9d1m4qz7a"] })
    .argument("<id>", "the endpoint's id, as in the list")
    .action((id: string, options: CommonOptions) =>
      withService(io, options, async ({ config, tables }) => {
        const endpoint = await findEndpoint(tables, createVault(config.agora.appCertificate), id);
        if (endpoint === null) throw unknownEndpoint(id);
        printEndpoint(io, options, endpoint);
      }),
    );
}

const columns: Column<Endpoint>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "URL", value: ({ url }) => withoutQuery(url), flexible: 24 },
  { title: "EVENTS", value: ({ events }) => events?.join(",") ?? "all", flexible: 8 },
  { title: "STATE", value: stateOf, alarming: (endpoint) => stateOf(endpoint) !== "enabled", flexible: 12 },
];

function stateOf({ enabled, disabledReason, failingSince, problem }: Endpoint): string {
  if (!enabled) return `disabled: ${disabledReason ?? "by hand"}`;
  return problem ?? (failingSince === null ? "enabled" : "failing");
}
