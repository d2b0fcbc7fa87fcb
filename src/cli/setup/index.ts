import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addSetupAgora } from "./agora.ts";
import { addSetupCloudflare } from "./cloudflare.ts";

export function addSetup(program: Command, io: Io): void {
  const setup = program.command("setup").description("Point the providers at this deployment.");
  addSetupCloudflare(setup, io);
  addSetupAgora(setup, io);
}
