import { parseArgs } from "node:util";

import fc from "fast-check";

import { evening } from "./arbitrary.ts";
import { playEvening } from "./evening.ts";
import type { Plan } from "./plan.ts";
import { Summary } from "./summary.ts";
import { tell } from "./tell.ts";

const usage = `Usage: npm run simulate -- [--evenings 10000] [--seed 1]
       npm run simulate -- --plan '{"ways":…}'

Plays random evenings in virtual time: the real rules and effects, with a model of both providers and of the
network. The same seed plays the same evenings. The first that breaks a promise is shrunk to its shortest
story and told; --plan plays one evening again and tells it.
`;

const { values } = parseArgs({
  options: {
    evenings: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    plan: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});

const print = (text: string) => process.stdout.write(`${text}\n`);
const count = (text: string, name: string): number => {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  process.stderr.write(`--${name} takes a whole number, not "${text}"\n`);
  process.exit(2);
};

if (values.help === true) process.stdout.write(usage);
else if (values.plan !== undefined) process.exitCode = await playAgain(values.plan);
else process.exitCode = await simulate(count(values.evenings, "evenings"), count(values.seed, "seed"));

async function playAgain(text: string): Promise<number> {
  const plan = JSON.parse(text) as Plan;
  const played = await playEvening(plan);
  print(tell(plan, played));
  return played.broken.length === 0 ? 0 : 1;
}

async function simulate(evenings: number, seed: number): Promise<number> {
  const summary = new Summary(evenings);
  const property = fc.asyncProperty(evening, async (plan) => {
    const played = await playEvening(plan);
    if (played.broken.length > 0) throw new Error(played.broken.join("\n"));
    summary.add(played);
    if (process.stderr.isTTY) summary.progress((text) => process.stderr.write(text));
  });
  const result = await fc.check(property, { numRuns: evenings, seed });
  if (!result.failed) {
    print(summary.table());
    print(`${evenings} evenings kept every promise (seed ${seed}).`);
    return 0;
  }
  const [plan] = result.counterexample ?? [];
  if (plan === undefined) throw new Error("an evening failed and is not told", { cause: result.errorInstance });
  print(tell(plan, await playEvening(plan)));
  print(`Evening ${result.numRuns} of seed ${seed} broke a promise; shrunk ${result.numShrinks} times.`);
  return 1;
}
