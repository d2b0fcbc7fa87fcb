import { type Command, InvalidArgumentError, Option } from "commander";

import { createKey, type Scope, scopes } from "../../keys/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { withService } from "../with-service.ts";

interface CreateOptions extends CommonOptions {
  scope: Scope;
}

export function addKeysCreate(keys: Command, io: Io): void {
  addCommand(keys, "create", {
    summary: "Make a key for the API, and show it: this once, since only its hash is kept.",
    details:
      "read sees channels, statuses and sessions and gives out status tokens; operate also registers, starts and " +
      "stops; admin may do everything, as API_KEY may.",
    examples: ["keys create shop-backend --scope operate", "keys create dashboard --scope read --json"],
  })
    .argument("<name>", "who will have it, for people and the log", parseName)
    .addOption(new Option("--scope <scope>", "what it may do").choices(scopes).makeOptionMandatory())
    .action((name: string, options: CreateOptions) =>
      withService(io, options, async ({ tables }) => {
        const { row, text } = await createKey(tables, { name, scope: options.scope });
        const { id, scope, prefix } = row;
        if (options.json) printJson(io, { id, name: row.name, scope, prefix, key: text });
        else io.out(`${text}\n\nThat is the key of ${name}, scope ${scope}. It is shown only now: keep it safe.\n`);
      }),
    );
}

function parseName(text: string): string {
  if (/^\P{C}{1,64}$/u.test(text) && text.trim() !== "") return text;
  throw new InvalidArgumentError("It must have 1 to 64 characters, none of them a control character.");
}
