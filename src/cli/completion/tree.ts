import type { Command } from "commander";

/** A place on the command line: the program, a noun, or a verb. */
export interface Place {
  /** What was typed after `tally` to get here, `events list`; empty for the program. */
  path: string;
  /** Nouns or verbs that may follow. */
  commands: string[];
  options: {
    flags: string[];
    /** What may follow: nothing (null), anything (empty), or one of these. */
    values: string[] | null;
    description: string;
  }[];
  /** The values of an argument that has a list of them. */
  choices: string[];
}

/** The program and everything in it, each place before those within it. */
export function placesOf(command: Command, path = ""): Place[] {
  const within = command.commands.filter((sub) => sub.name() !== "help");
  const options = command.createHelp().visibleOptions(command);
  return [
    {
      path,
      commands: within.map((sub) => sub.name()),
      options: options.map(({ short, long, required, optional, argChoices, description }) => ({
        flags: [short, long].filter((flag) => flag !== undefined),
        values: required || optional ? (argChoices ?? []) : null,
        description,
      })),
      choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    },
    ...within.flatMap((sub) => placesOf(sub, path === "" ? sub.name() : `${path} ${sub.name()}`)),
  ];
}

/** How the last word of a path is recognised: the path before it, a space, and the word. */
export function stepOf({ path }: Place): string {
  return path.includes(" ") ? path : ` ${path}`;
}
