import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addEffectsDismiss } from "./dismiss.ts";
import { addEffectsList } from "./list.ts";
import { addEffectsRetry } from "./retry.ts";
import { addEffectsShow } from "./show.ts";

export function addEffects(program: Command, io: Io): void {
  const effects = program.command("effects").description("Provider calls that are owed, were made, or were given up.");
  addEffectsList(effects, io);
  addEffectsShow(effects, io);
  addEffectsRetry(effects, io);
  addEffectsDismiss(effects, io);
}
