import { Argument, type Command } from "commander";

import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { bashScript, zshScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { type Place, placesOf } from "./tree.ts";

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Record<
  string,
  (places: readonly Place[]) => string
>;

export function addCompletion(program: Command, io: Io): void {
  addCommand(program, "completion", {
    summary: "Print a script with which a shell completes tally's commands and options.",
    details:
      "bash: add  source <(tally completion bash)  to ~/.bashrc\n" +
      "zsh:  add  source <(tally completion zsh)   to ~/.zshrc\n" +
      "fish: tally completion fish > ~/.config/fish/completions/tally.fish",
    examples: ["completion bash", "completion fish > ~/.config/fish/completions/tally.fish"],
  })
    .addArgument(new Argument("<shell>", "whose script").choices(Object.keys(shells)))
    .action((shell: keyof typeof shells, options: CommonOptions) => {
      const script = shells[shell](placesOf(program));
      if (options.json) printJson(io, { shell, script });
      else io.out(script);
    });
}
