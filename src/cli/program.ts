import { Command } from "commander";

import { addChannels } from "./channels/index.ts";
import { addCompletion } from "./completion/index.ts";
import { addDoctor } from "./doctor.ts";
import { addEffects } from "./effects/index.ts";
import { addEndpoints } from "./endpoints/index.ts";
import { addEvents } from "./events/index.ts";
import type { Io } from "./io.ts";
import { addKeys } from "./keys/index.ts";
import { addMetrics } from "./metrics/index.ts";
import { addNotifications } from "./notifications/index.ts";
import { addPeople } from "./people/index.ts";
import { addRetention } from "./retention/index.ts";
import { addSessions } from "./sessions/index.ts";
import { addSetup } from "./setup/index.ts";
import { addSimulate } from "./simulate/index.ts";

/** The commands of `tally`, writing to `io`. Commander throws where it would end the process. */
export function createProgram(io: Io): Command {
  const program = new Command("tally")
    .description("Look at what Tally did and why, and repair it.")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      // Help has no colour of ours.
      getOutHasColors: () => io.colour,
      getErrHasColors: () => io.colour,
    })
    .showHelpAfterError("(--help explains the command)")
    .addHelpText(
      "after",
      "\nEach command has --json for programs and --help with examples. Settings are\n" +
        "those of the service, from the environment. Exit codes: 0 done; 1 not found,\n" +
        "refused or no database; 2 wrong usage.",
    );
  addEvents(program, io);
  addChannels(program, io);
  addSessions(program, io);
  addMetrics(program, io);
  addEffects(program, io);
  addEndpoints(program, io);
  addNotifications(program, io);
  addKeys(program, io);
  addRetention(program, io);
  addPeople(program, io);
  addDoctor(program, io);
  addSetup(program, io);
  addSimulate(program, io);
  addCompletion(program, io);
  return program;
}
