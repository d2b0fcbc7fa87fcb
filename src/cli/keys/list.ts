import type { Command } from "commander";

import { listKeys } from "../../keys/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printList } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { shortTime } from "../output/times.ts";
import { withService } from "../with-service.ts";
import { type KeyItem, toKeyItem } from "./key-item.ts";

export function addKeysList(keys: Command, io: Io): void {
  addCommand(keys, "list", {
    summary: "List the keys for the API, the newest first, and those that were revoked at the end.",
    details: "API_KEY of the environment is not among them. A key's use is noted once a minute.",
    examples: ["keys list", "keys list --json"],
  }).action((options: CommonOptions) =>
    withService(io, options, async ({ tables }) => {
      const items = (await listKeys(tables)).map(toKeyItem);
      printList(io, options, { items, columns: columns(io), none: "There is no key but API_KEY." });
    }),
  );
}

function columns(io: Io): Column<KeyItem>[] {
  return [
    { title: "NAME", value: ({ name }) => name, flexible: 12 },
    { title: "SCOPE", value: ({ scope }) => scope },
    { title: "PREFIX", value: ({ prefix }) => prefix },
    { title: "CREATED UTC", value: ({ createdAt }) => shortTime(createdAt, io.now()) },
    { title: "LAST USED", value: ({ lastUsedAt }) => shortTime(lastUsedAt, io.now()) },
    { title: "REVOKED", value: ({ revokedAt }) => shortTime(revokedAt, io.now()) },
  ];
}
