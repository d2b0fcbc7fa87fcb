import type { Command } from "commander";

import { type AgoraProduct, agoraProducts, whyUnreachable } from "../../setup/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { formatTable } from "../output/table.ts";
import { wrap } from "../output/text.ts";
import { readSettings } from "../with-service.ts";

export function addSetupAgora(setup: Command, io: Io): void {
  addCommand(setup, "agora", {
    summary: "Tell what to enter in Agora's console, event by event.",
    details: "Agora has no API for its notifications: this is the list, by the settings of this environment.",
    examples: ["setup agora", "setup agora --json"],
  }).action(async (options: CommonOptions) => {
    const { publicUrl, agora } = await readSettings(io);
    const products = agoraProducts(publicUrl);
    if (options.json) printJson(io, { appId: agora.appId, products, checks });
    else printProducts(io, agora.appId, products);
    const unreachable = whyUnreachable(publicUrl);
    if (unreachable !== null) io.err(`${unreachable}.\n`);
  });
}

function printProducts(io: Io, appId: string, products: readonly AgoraProduct[]): void {
  io.out(`In Agora's console, Notifications (NCS) of the project\nwith App ID ${appId}:\n`);
  for (const { product, url, secret, when, events } of products) {
    io.out(
      `\n${product}\n  when:   ${when}\n  URL:    ${url}\n  secret: as the console shows it for this product, into ${secret}\n`,
    );
    io.out(
      formatTable(
        events,
        [
          { title: "  EVENT", value: ({ number }) => `  ${number}` },
          { title: "NAME", value: ({ name }) => name, flexible: 20 },
          { title: "", value: ({ isOptional }) => (isOptional ? "if needed" : "") },
        ],
        io,
      ),
    );
  }
  io.out("\nThen:\n");
  for (const check of checks) {
    const [first = "", ...rest] = wrap(check, io.columns - 2);
    io.out([`- ${first}`, ...rest.map((line) => `  ${line}`)].join("\n") + "\n");
  }
}

/** Agora docs: notification-center-service (enable, signature, health check), cloud-recording (enable). */
const checks: readonly string[] = [
  "Each product has a secret of its own: put all of them into AGORA_NCS_SECRET, comma-separated.",
  "Choose the receiving region that this service is nearest to.",
  "Deploy the service with the secrets first, then press Check: Agora sends each event once, which must be answered 200; " +
    "such tests are stored and never act. 590 means no answer in 10 s, 591 that the name can't be reached, 592 the certificate, 401 a secret that isn't set here.",
  "A firewall must let Agora's addresses through: they are told by GET https://api.agora.io/v2/ncs/ip and change. AGORA_NCS_ALLOW_LIST=true has Tally ask for them and take notifications from no other.",
  "Enable Cloud Recording (or Media Push) for the project, and the primary certificate; a change takes some minutes.",
  "tally doctor shows when the last notification came.",
];
