import type { Command } from "commander";

import type { Tables } from "../../eventlog/index.ts";
import { type ApiKey, findKey, revokeKey } from "../../keys/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { withService } from "../with-service.ts";
import { toKeyItem } from "./key-item.ts";

interface RevokeOptions extends CommonOptions {
  yes?: true;
}

export function addKeysRevoke(keys: Command, io: Io): void {
  addCommand(keys, "revoke", {
    summary: "Revoke a key: it is refused from now on, by every process, for good.",
    details: "Status tokens that were given out for it still end by themselves, within 15 minutes.",
    examples: ["keys revoke 3", "keys revoke 0123456789ab --yes"],
  })
    .argument("<id-or-prefix>", "the key's id or prefix, as in the list")
    .option("--yes", "do it unasked")
    .action((which: string, options: RevokeOptions) =>
      withService(io, options, async ({ tables }) => {
        const key = await find(tables, which);
        if (key.revoked_at === null) {
          const question = `Revoke ${key.name} (${key.prefix}, scope ${key.scope})? Whoever uses it is locked out.`;
          await confirm(io, question, options.yes === true);
        }
        const revoked = (await revokeKey(tables, key.id)) ?? unknown(which);
        if (options.json) printJson(io, toKeyItem(revoked));
        else io.out(`${key.name} (${key.prefix}) is revoked.\n`);
      }),
    );
}

/** @throws {Failure} if there is no such key */
async function find(tables: Tables, which: string): Promise<ApiKey> {
  const isId = /^\d{1,9}$/.test(which);
  return (await findKey(tables, isId ? { id: Number(which) } : { prefix: which })) ?? unknown(which);
}

function unknown(which: string): never {
  throw new Failure(`There is no key "${which}". "tally keys list" shows those that there are.`);
}
