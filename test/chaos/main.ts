import { parseArgs } from "node:util";

import { createClosers } from "../../src/closers.ts";
import { allOver } from "./all-over.ts";
import { describeProblems } from "./describe-problems.ts";
import { type Played, playEvening } from "./evening.ts";
import { describeFigures, type Pair } from "./figures.ts";
import { type EveningMode, eveningModes, type EveningPlan, planEvening } from "./plan.ts";
import { type Server, startServer } from "./server.ts";

const usage = `Usage: npm run chaos -- [--minutes 3] [--seed N] [--evenings N] [--mode MODE]

Plays evenings on real processes (two services, the sandbox, Postgres) while processes are killed, connections cut,
webhooks lost and providers fail; each again without the faults. Ends with 1 at the first evening in which a guarantee
didn't hold.

  --minutes   for how long evenings are begun; default 3
  --seed      of the first evening, the next ones count on; default by the clock
  --evenings  at most so many
  --mode      how the picture is carried: ${eveningModes.join(", ")}; default by the seed
`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "3" },
    seed: { type: "string" },
    evenings: { type: "string", default: "1000" },
    mode: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    process.once(signal, () => process.exit(1));
    stopping.abort(`stopped by ${signal}`);
  });
}

if (values.help === true) process.stdout.write(usage);
else {
  const firstSeed = values.seed === undefined ? Math.floor(Date.now() / 1000) % 1_000_000 : Number(values.seed);
  const [minutes, evenings] = [Number(values.minutes), Number(values.evenings)];
  run({ firstSeed, minutes, evenings, modeName: values.mode }).then(
    (isSound) => process.exit(isSound ? 0 : 1),
    (error: unknown) => {
      console.error(stopping.signal.aborted ? stopping.signal.reason : error);
      process.exit(1);
    },
  );
}

/** @throws if there is no such mode */
function modeOf(text: string | undefined): EveningMode | undefined {
  const mode = eveningModes.find((one) => one === text);
  if (text !== undefined && mode === undefined) throw new Error(`--mode must be one of: ${eveningModes.join(", ")}`);
  return mode;
}

interface Order {
  firstSeed: number;
  minutes: number;
  evenings: number;
  /** Undefined: as the seed says. */
  modeName: string | undefined;
}

async function run({ firstSeed, minutes, evenings, modeName }: Order): Promise<boolean> {
  const mode = modeOf(modeName);
  const closers = createClosers();
  const pairs: Pair[] = [];
  try {
    // One each, so that what happens to the one doesn't to the other.
    const [server, quietServer] = [await startServer(closers), await startServer(closers)];
    const beginning = performance.now();
    const elapsed = () => performance.now() - beginning;
    // The next one is begun if it will probably be over in time.
    const isTime = (played: number) => elapsed() * (1 + 1 / Math.max(1, played)) < minutes * 60_000;
    for (let i = 0; i < evenings && (i === 0 || isTime(i)); i++) {
      const plan = planEvening(firstSeed + i, { mode });
      const [withFaults, without] = await allOver([play(server, plan, true), play(quietServer, plan, false)] as const);
      pairs.push({ withFaults: withFaults.account, without: without.account });
      if (withFaults.problems.length + without.problems.length > 0) return false;
    }
    return true;

    async function play(on: Server, plan: EveningPlan, isFaulty: boolean): Promise<Played> {
      const began = performance.now();
      const played = await playEvening(on, plan, { withFaults: isFaulty, signal: stopping.signal }).catch(
        (error: unknown) => {
          stopping.abort(error); // the other one too
          throw error;
        },
      );
      const seconds = Math.round((performance.now() - began) / 1000);
      const kinds = isFaulty ? plan.scenes.map(({ fault }) => fault).join(", ") : "without faults";
      const { problems } = played;
      print(
        `seed ${plan.seed}, ${plan.mode}: ${kinds}: ${problems.length === 0 ? "sound" : "NOT SOUND"}, ${seconds} s`,
      );
      if (problems.length > 0) {
        print(describeProblems(played));
        print(`\nAgain: npm run chaos -- --seed ${plan.seed} --mode ${plan.mode} --evenings 1`);
      }
      return played;
    }
  } finally {
    if (pairs.length > 0) print(describeFigures(pairs));
    await closers.closeAll();
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
