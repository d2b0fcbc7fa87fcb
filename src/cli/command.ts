import type { Command } from "commander";

/** Options that every command has. */
export interface CommonOptions {
  json?: true;
  verbose?: true;
}

export interface CommandText {
  /** One sentence, for the list of commands and the top of the help. */
  summary: string;
  /** What else to know before using it. */
  details?: string;
  /** Command lines, the first word after `tally`. */
  examples: readonly string[];
}

/**
 * Adds a command to a noun.
 *
 * @param usage - its verb and arguments, `show <id>`
 */
export function addCommand(noun: Command, usage: string, { summary, details, examples }: CommandText): Command {
  const lines = examples.map((example) => `  $ tally ${example}`);
  return noun
    .command(usage)
    .summary(summary)
    .description(details === undefined ? summary : `${summary}\n\n${details}`)
    .option("--json", "print JSON")
    .option("--verbose", "log to standard error, and show where an error came from")
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}
