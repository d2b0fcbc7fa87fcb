import { type Place, stepOf } from "./tree.ts";

/** A script for bash: what may come next is told by the words before it, without starting anything. */
export function bashScript(places: readonly Place[]): string {
  const steps = places
    .filter(({ path }) => path !== "")
    .map((place) => `      "${stepOf(place)}") path="${place.path}" ;;`);
  const values = places.flatMap(({ path, options }) =>
    options.flatMap(({ flags, values }) =>
      values === null
        ? []
        : [`    ${flags.map((flag) => `"${path}|${flag}"`).join("|")}) words="${values.join(" ")}" ;;`],
    ),
  );
  const words = places.map(({ path, commands, options, choices }) => {
    const flags = options.flatMap((option) => option.flags);
    return `        "${path}") words="${[...commands, ...choices, ...flags].join(" ")}" ;;`;
  });
  return `# Completion of tally, made of its commands.
_tally() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${steps.join("\n")}
    esac
  done
  case "$path|$previous" in
${values.join("\n")}
    *)
      case "$path" in
${words.join("\n")}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _tally tally
`;
}

/** zsh runs bash's, by its own `bashcompinit`. */
export function zshScript(places: readonly Place[]): string {
  return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(places)}`;
}
