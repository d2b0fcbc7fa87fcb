import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addRetentionRun } from "./run.ts";

export function addRetention(program: Command, io: Io): void {
  const retention = program.command("retention").description("What is deleted because it is too old.");
  addRetentionRun(retention, io);
}
