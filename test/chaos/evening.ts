import { setTimeout as wait } from "node:timers/promises";

import { type Account, type Recovery, takeAccount } from "./account.ts";
import { allOver } from "./all-over.ts";
import { checkAll, type Problem } from "./checks/index.ts";
import { faults } from "./faults.ts";
import type { EveningPlan, Scene } from "./plan.ts";
import { createRandom } from "./random.ts";
import { runningRelays } from "./relays.ts";
import { query, schema, type Server } from "./server.ts";
import { openStage, type Stage } from "./stage.ts";
import { notWell } from "./wellness.ts";

export interface Played {
  account: Account;
  problems: Problem[];
  /** What the service processes logged last. */
  serviceWords: string[];
}

/**
 * Plays an evening: scene by scene, then everybody leaves and the webhooks work again; and then looks whether everything
 * is as the guarantees say.
 *
 * @param withFaults - false leaves out the faults, and nothing else
 * @param signal - ends it early, with an error
 */
export async function playEvening(
  server: Server,
  plan: EveningPlan,
  { withFaults, signal }: { withFaults: boolean; signal: AbortSignal },
): Promise<Played> {
  const stage = await openStage(server, `evening_${plan.seed}_${withFaults ? "with" : "without"}`, plan);
  try {
    const problems: Problem[] = [];
    const recoveries: Recovery[] = [];
    for (const scene of plan.scenes) {
      if (problems.length > 0) break;
      const found = await playScene(stage, plan, scene, { withFaults, signal });
      if (found.ms !== null) recoveries.push({ fault: scene.fault, at: found.faultAt, ms: found.ms });
      problems.push(...found.problems);
    }
    problems.push(...(await settle(stage, plan, signal)));
    const account = { plan, withFaults, recoveries, ...(await takeAccount(stage)) };
    const serviceWords = stage.serviceWords();
    problems.push(...(await stage.stopServices()).map((words) => ({ channel: null, words })));
    problems.push(...(await checkAll(account, stage.databaseUrl())));
    return { account, problems, serviceWords };
  } finally {
    await stage.close();
  }
}

/** A killed process's jobs are free after 15 s of silence, looked for every 3 s; a question that failed is repeated after 30 s. */
const recoveryMostMs = 60_000;

async function playScene(
  stage: Stage,
  { channels }: EveningPlan,
  scene: Scene,
  { withFaults, signal }: { withFaults: boolean; signal: AbortSignal },
): Promise<{ faultAt: number; ms: number | null; problems: Problem[] }> {
  const beginning = Date.now();
  const until = (atMs: number) => wait(Math.max(0, beginning + atMs - Date.now()), undefined, { signal });
  const fault = faults[scene.fault];

  const begin = async () => {
    await until(scene.faultAtMs);
    const at = Date.now();
    if (withFaults) await fault.inject(stage, createRandom(scene.faultSeed));
    return at;
  };
  const acts = async () => {
    // A fault of the next calls and webhooks is planned before anybody does anything, and goes before the disorder.
    if (scene.faultAtMs === 0) await faulty;
    await stage.sandbox.post("/faults", scene.disorder);
    for (const { atMs, path, body } of scene.acts) {
      await until(atMs);
      await stage.sandbox.post(path, body);
    }
  };
  const faulty = begin();
  // Also when it is to end early: a process that is just being started would outlive its stage.
  const [faultAt] = await allOver([faulty, acts()] as const);

  const { at, wrong } = await untilWell(stage, channels, recoveryMostMs, signal);
  await stage.sandbox.post("/faults/clear");
  const after = withFaults ? `after: ${fault.words}` : "without any fault";
  return {
    faultAt,
    ms: at === null ? null : at - faultAt,
    problems: [...wrong].map(([channel, what]) => ({
      channel,
      words: `still not as it should be after ${recoveryMostMs / 1000} s, ${after}: ${what}`,
    })),
  };
}

/** How often the sandbox is asked: the precision of the times. */
const lookMs = 50;
/** Looks in a row that all must find well: what is just about to happen shows by then. */
const looks = 4;

async function untilWell(
  { sandbox }: Stage,
  channels: readonly string[],
  withinMs: number,
  signal: AbortSignal,
): Promise<{ at: number | null; wrong: Map<string, string> }> {
  const deadline = Date.now() + withinMs;
  let wellAt: number[] = [];
  for (;;) {
    const now = Date.now();
    const wrong = notWell(await sandbox.state(), channels);
    wellAt = wrong.size === 0 ? [...wellAt, now] : [];
    if (wellAt.length === looks) return { at: wellAt[0] ?? null, wrong };
    if (wrong.size > 0 && now > deadline) return { at: null, wrong };
    await wait(lookMs, undefined, { signal });
  }
}

const settledMostMs = 60_000;

/** Everybody leaves, and what is owed is done. */
async function settle(stage: Stage, { channels }: EveningPlan, signal: AbortSignal): Promise<Problem[]> {
  await stage.sandbox.post("/faults/clear");
  for (const { name, people } of (await stage.sandbox.state()).channels) {
    for (const { uid, role, ofConverter } of people) {
      if (ofConverter !== undefined) continue;
      await stage.sandbox.post(`/channels/${name}/${role === "host" ? "hosts" : "audience"}/${uid}/leave`);
    }
  }
  const { wrong } = await untilWell(stage, channels, settledMostMs, signal);
  const problems = [...wrong].map(([channel, what]) => ({ channel, words: `everybody left, and still: ${what}` }));

  const deadline = Date.now() + settledMostMs;
  for (;;) {
    const owed = await whatIsOwed(stage);
    if (owed.length === 0) return problems;
    if (Date.now() > deadline) return [...problems, ...owed];
    await wait(lookMs, undefined, { signal });
  }
}

async function whatIsOwed({ sandbox, databaseUrl }: Stage): Promise<Problem[]> {
  const relays = runningRelays(await sandbox.state());
  const rows = await query<{ name: string | null; words: string }>(
    databaseUrl(),
    `select c.name, format('event %s (%s) is %s', e.id, e.type, e.status) as words
     from ${schema}.events e left join ${schema}.channels c on c.id = e.channel_id where e.status = 'pending'
     union all
     select c.name, format('effect %s is open after %s attempts, its job after %s, locked by %s since %s',
       f.key, f.attempts, j.attempts, j.locked_by, j.locked_at::time)
     from ${schema}.effects f join ${schema}.channels c on c.id = f.channel_id
     left join ${schema}_jobs.jobs j on j.key = 'effect:' || f.id where f.status = 'open'`,
  );
  const owed = [
    ...relays.map(({ channel, kind, id, state }) => ({ channel, words: `${kind} ${id} is ${state}` })),
    ...rows.map(({ name, words }) => ({ channel: name, words })),
  ];
  if (owed.length > 0) return owed;
  // The whole record is long: it is asked for last.
  return (await sandbox.record()).webhooks
    .filter(({ outcome }) => outcome === "pending")
    .map(({ about, eventType }) => ({ channel: about, words: `webhook ${eventType} is still being sent` }));
}
