import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";

/**
 * Asks before something is done that can't be taken back.
 *
 * @param yes - what `--yes` says: then nobody is asked
 * @throws {Failure} if the answer is no, or nobody is there to answer
 */
export async function confirm(io: Io, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (io.ask === null) throw new Failure("Nothing was done: there is no terminal to ask on. --yes does it unasked.");
  if (!(await io.ask(question))) throw new Failure("Nothing was done.");
}
