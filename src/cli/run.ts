import { CommanderError } from "commander";

import { secretsInEnvironment } from "../config/index.ts";
import { Refused } from "../operators/index.ts";
import { reasonOf } from "../reason-of.ts";
import { createRedactor } from "../redaction/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure, Interrupted } from "./failure.ts";
import type { Io } from "./io.ts";
import { plain } from "./output/text.ts";
import { createProgram } from "./program.ts";

/**
 * Runs one command of `tally`. Never throws and never ends the process.
 *
 * @param argv - what was typed after `tally`
 * @returns the exit code: 0 done; 1 not found, refused, no database or any other failure; 2 wrong usage; 130 interrupted
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const verbose = argv.includes("--verbose");
  try {
    await createProgram(io).parseAsync([...argv], { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    // Commander has said what is wrong; help that was asked for has code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof Interrupted) return exitCodes.interrupted;
    const { text } = createRedactor(secretsInEnvironment(io.env));
    io.err(text(`${wordsOf(error)}\n`));
    if (verbose) io.err(text(`${stackOf(error)}\n`));
    return exitCodes.refused;
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof Failure || error instanceof Refused) return error.message;
  return `tally failed: ${plain(reasonOf(error))} (--verbose shows where)`;
}

/** With those of its causes. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(error.cause)}`;
}
