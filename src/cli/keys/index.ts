import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addKeysCreate } from "./create.ts";
import { addKeysList } from "./list.ts";
import { addKeysRevoke } from "./revoke.ts";

export function addKeys(program: Command, io: Io): void {
  const keys = program.command("keys").description("Who may use the API, beside whoever has API_KEY.");
  addKeysCreate(keys, io);
  addKeysList(keys, io);
  addKeysRevoke(keys, io);
}
