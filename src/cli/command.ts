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
  const command = noun
    .command(usage)
    .summary(summary)
    .description(details === undefined ? summary : `${summary}\n\n${details}`)
    .option("--json", "print JSON")
    .option("--verbose", "log to standard error, and show where an error came from")
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
  examplesByCommand.set(command, examples);
  return command;
}

const examplesByCommand = new WeakMap<Command, readonly string[]>();

/** The command lines that a command's help shows, the first word after `tally`; none of a noun. */
export function examplesOf(command: Command): readonly string[] {
  return examplesByCommand.get(command) ?? [];
}

/** The commands that do something: each verb of a noun, and the nouns that have none. */
export function leavesOf(command: Command): Command[] {
  const within = command.commands.filter((sub) => sub.name() !== "help");
  return within.length === 0 ? [command] : within.flatMap(leavesOf);
}

/** How a command is called: `tally events list`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
