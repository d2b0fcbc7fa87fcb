import type { Command } from "commander";
import { format } from "prettier";

import { examplesOf, leavesOf, pathOf } from "../../src/cli/command.ts";
import { exitCodeMeanings } from "../../src/cli/exit-codes.ts";

/** The manual of the command line, made of the commands themselves: Markdown, as Prettier writes it. */
export function manualOf(program: Command): Promise<string> {
  const commands = leavesOf(program);
  const parts = [
    "# The `tally` command",
    "Made of the commands themselves (`npm run generate`). `tally <command> --help` says the same in a terminal.",
    program.description(),
    "Settings are those of the service, from the environment. Results go to standard output, everything else to standard error.",
    "## Exit codes",
    table(["code", "meaning"], Object.entries(exitCodeMeanings)),
    "## Commands",
    commands.map((command) => `- [${pathOf(command)}](#${anchorOf(command)}): ${command.summary()}`).join("\n"),
    ...commands.flatMap(pageOf),
  ];
  return format(parts.join("\n\n"), { parser: "markdown", printWidth: 120 });
}

function pageOf(command: Command): string[] {
  const help = command.createHelp();
  const inTable = (words: string) => words.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
  const places = help
    .visibleArguments(command)
    .map((argument) => [
      `\`${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}\``,
      inTable(help.argumentDescription(argument)),
    ]);
  const options = help
    .visibleOptions(command)
    .map((option) => [`\`${option.flags}\``, inTable(help.optionDescription(option))]);
  return [
    `## ${pathOf(command)}`,
    ...command.description().split("\n\n"),
    `\`\`\`\n${pathOf(command)} ${command.usage()}\n\`\`\``,
    ...(places.length === 0 ? [] : [table(["argument", "meaning"], places)]),
    table(["option", "meaning"], options),
    `\`\`\`sh\n${examplesOf(command)
      .map((example) => `tally ${example}`)
      .join("\n")}\n\`\`\``,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** As GitHub names a heading. */
function anchorOf(command: Command): string {
  return pathOf(command).replaceAll(" ", "-");
}
