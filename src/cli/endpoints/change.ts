import type { Command } from "commander";

import { changeEndpoint, createVault, deleteEndpoint, rotateSecret } from "../../notifications/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { withService } from "../with-service.ts";
import { printEndpoint, unknownEndpoint } from "./print-endpoint.ts";

interface DeleteOptions extends CommonOptions {
  yes?: true;
}

const idHelp = "the endpoint's id, as in the list";
const example = "ep_0k2x9d1m4qz7a";

export function addEndpointsChange(endpoints: Command, io: Io): void {
  addSwitch(endpoints, io, "enable", "Tell one again: what waits for it is sent now, and in full time.");
  addSwitch(endpoints, io, "disable", "Tell one no more; what waits for it goes on waiting.");
  addCommand(endpoints, "rotate", {
    summary: "Give one a new secret, and show it. The one before signs beside it for 24 h.",
    examples: [`endpoints rotate ${example}`],
  })
    .argument("<id>", idHelp)
    .action((id: string, options: CommonOptions) =>
      withService(io, options, async ({ config, tables }) => {
        const rotated = await rotateSecret(tables, createVault(config.agora.appCertificate), id);
        if (rotated === null) throw unknownEndpoint(id);
        printEndpoint(io, options, rotated.endpoint, rotated.secret);
      }),
    );
  addCommand(endpoints, "delete", {
    summary: "Forget one, with what waits for it and the log of its deliveries.",
    examples: [`endpoints delete ${example}`, `endpoints delete ${example} --yes`],
  })
    .argument("<id>", idHelp)
    .option("--yes", "do it unasked")
    .action((id: string, options: DeleteOptions) =>
      withService(io, options, async ({ tables }) => {
        await confirm(io, `Delete endpoint ${id} with its deliveries?`, options.yes === true);
        if (!(await deleteEndpoint(tables, id))) throw unknownEndpoint(id);
        if (options.json) printJson(io, { id, deleted: true });
        else io.out(`Endpoint ${id} is gone.\n`);
      }),
    );
}

function addSwitch(endpoints: Command, io: Io, verb: "enable" | "disable", summary: string): void {
  addCommand(endpoints, verb, { summary, examples: [`endpoints ${verb} ${example}`] })
    .argument("<id>", idHelp)
    .action((id: string, options: CommonOptions) =>
      withService(io, options, async ({ config, tables }) => {
        const vault = createVault(config.agora.appCertificate);
        const endpoint = await changeEndpoint(tables, vault, id, { enabled: verb === "enable" });
        if (endpoint === null) throw unknownEndpoint(id);
        printEndpoint(io, options, endpoint);
      }),
    );
}
