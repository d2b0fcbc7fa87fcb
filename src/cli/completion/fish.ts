import { type Place, stepOf } from "./tree.ts";

/** A script for fish, which shows descriptions too. */
export function fishScript(places: readonly Place[]): string {
  const steps = places
    .filter(({ path }) => path !== "")
    .map((place) => `      case '${stepOf(place)}'\n        set path '${place.path}'`);
  return `# Completion of tally, made of its commands.
function __tally_at
  set -l path ''
  for word in (commandline -opc)[2..-1]
    switch "$path $word"
${steps.join("\n")}
    end
  end
  test "$path" = "$argv[1]"
end
complete -c tally -f
${places.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ path, commands, options, choices }: Place): string[] {
  const at = `complete -c tally -n '__tally_at "${path}"'`;
  const words = [...commands, ...choices];
  return [
    ...(words.length === 0 ? [] : [`${at} -a '${words.join(" ")}'`]),
    ...options.map(({ flags, values, description }) => {
      const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const value = values === null ? "" : ` -x${values.length === 0 ? "" : ` -a '${values.join(" ")}'`}`;
      return `${at} ${names.join(" ")}${value} -d '${description.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
    }),
  ];
}
