import {
  claimStrays,
  isChannelName,
  registerChannel,
  retryConflicts,
  type Routing,
  type Tables,
} from "../../eventlog/index.ts";
import type { Logger } from "../../log.ts";
import type { AgoraChannels } from "../../providers/index.ts";
import { noTraces, spanned, type Traces } from "../../traces/index.ts";
import { describeError } from "../effects/conclude.ts";
import { LeaseLost } from "../lease.ts";
import { believedChannels, type Doubtable, doubtPresence, knownChannels } from "./doubt.ts";
import { addCatchUpJob } from "./job.ts";
import { listAllChannels } from "./list-all.ts";
import {
  type CatchUp,
  countDoubted,
  finish,
  type OpenCatchUp,
  openCatchUp,
  saveAsked,
  saveError,
  saveListed,
} from "./row.ts";

export interface CatchUpOptions extends Tables, Routing {
  log: Logger;
  channels: AgoraChannels;
  waitForCheckup: () => Promise<void>;
  /** Nothing is traced without. */
  traces?: Traces | undefined;
  /** Advances channels in the background. */
  advance: (channelIds: Iterable<number>) => void;
}

/**
 * Does a catch-up, or the next part of it: doubts the channels that we believe somebody in and those that exist at
 * Agora, so that each asks who is there; then asks about the channels that we don't know, since a host may have made one.
 *
 * @param tries.isLast - nobody will try again: then it has failed
 * @throws what went wrong, a provider's refusal too, unless this was the last try
 */
export type RunCatchUp = (id: number, tries: { isLast: boolean }) => Promise<void>;

/** Unknown channels asked about in one job, 25 s at two a second: so a stop or a death costs little of the work. */
const chunk = 50;
/** After so many refusals the rest of a chunk waits for the next try. */
const refusalsMost = 3;

export function createCatchUp(options: CatchUpOptions): RunCatchUp {
  const { knex, schema, log, traces = noTraces } = options;

  async function run(id: number, { isLast }: { isLast: boolean }): Promise<void> {
    const catchUp = await openCatchUp(knex, schema, id);
    if (catchUp === null) return;
    try {
      const toAsk = catchUp.toAsk ?? (await doubtOurs(options, catchUp));
      await askUnknown(options, catchUp, toAsk);
      await (toAsk.length > chunk ? addCatchUpJob(knex, schema, id) : conclude(options, catchUp));
    } catch (error) {
      // That this process stops says nothing about the catch-up: the next one goes on.
      if (error instanceof LeaseLost) throw error;
      await saveError(knex, schema, id, error instanceof Error ? error.message : String(error));
      if (!isLast) throw error;
      const failed = await finish(knex, schema, id, "failed");
      if (failed !== null) log.error({ ...lineOf(failed), err: error }, "catch_up.failed");
    }
  }

  return (id, tries) =>
    spanned(traces.begin("catch up", null, { attributes: { "tally.catch_up_id": id } }), () => run(id, tries));
}

/**
 * Those that we believe somebody in need no list: they are asked about even if Agora refuses it.
 *
 * @returns the channels that exist and are not ours
 */
async function doubtOurs(options: CatchUpOptions, catchUp: OpenCatchUp): Promise<string[]> {
  const { knex, schema, channels, waitForCheckup } = options;
  const { id, channel } = catchUp;
  if (channel === null) await doubt(options, catchUp, await believedChannels(knex, schema));
  const names = channel === null ? await listAllChannels(channels, { catchUpId: id }, waitForCheckup) : [channel];
  const known = await knownChannels(knex, schema, names);
  await doubt(options, catchUp, known);
  const ours = new Set(known.map(({ name }) => name));
  const isUnknown = (name: string) => !ours.has(name) && isChannelName(name);
  const toAsk = options.channelPolicy === "auto" ? names.filter(isUnknown) : [];
  await saveListed(knex, schema, id, { listed: channel === null ? names.length : 0, toAsk });
  return toAsk;
}

async function doubt(options: CatchUpOptions, catchUp: OpenCatchUp, channels: Doubtable[]): Promise<void> {
  const { knex, schema } = options;
  await retryConflicts(() =>
    knex.transaction(async (trx) => {
      const doubted = await doubtPresence(trx, schema, catchUp, channels);
      await countDoubted(trx, schema, catchUp.id, doubted);
    }),
  );
  options.advance(channels.map((channel) => channel.id));
}

/** @throws Error with Agora's last words, if it refused any */
async function askUnknown(options: CatchUpOptions, catchUp: OpenCatchUp, toAsk: string[]): Promise<void> {
  const { knex, schema, channels, waitForCheckup } = options;
  const answered: string[] = [];
  const refused: string[] = [];
  let registered = 0;
  let words = "";
  try {
    for (const name of toAsk.slice(0, chunk)) {
      if (refused.length >= refusalsMost) break;
      await waitForCheckup();
      const answer = await channels.users(name, { context: { catchUpId: catchUp.id, channel: name } });
      if (!answer.ok) {
        refused.push(name);
        words = describeError(answer.error);
        continue;
      }
      // In the communication profile everybody publishes and only a registered host counts: an unknown channel has none.
      const mayHost = !answer.communication && answer.broadcasters.length > 0;
      if (mayHost) registered += await register(options, catchUp, name);
      answered.push(name);
    }
  } finally {
    if (answered.length + refused.length > 0) {
      await saveAsked(knex, schema, catchUp.id, { answered, refused, registered });
    }
  }
  if (refused.length > 0) throw new Error(words);
}

/** As an event about a host would have; its question is the channel's own, which then counts like any other. */
async function register(options: CatchUpOptions, catchUp: OpenCatchUp, name: string): Promise<number> {
  const { knex, schema } = options;
  const { id, doubted } = await retryConflicts(() =>
    knex.transaction(async (trx) => {
      const channelId = await registerChannel({ knex: trx, schema }, name);
      return { id: channelId, doubted: await doubtPresence(trx, schema, catchUp, [{ id: channelId, name }]) };
    }),
  );
  options.advance(new Set([id, ...(await claimStrays(options, { kind: "channel", key: name }))]));
  return doubted;
}

async function conclude({ knex, schema, log }: CatchUpOptions, catchUp: OpenCatchUp): Promise<void> {
  const done = await finish(knex, schema, catchUp.id, "done");
  if (done !== null) log.info(lineOf(done), "catch_up.done");
}

function lineOf({ id, why, channel, gapSeconds, listed, doubted, asked, registered, createdAt, finishedAt }: CatchUp) {
  const ms = finishedAt === null ? null : finishedAt.getTime() - createdAt.getTime();
  return { catchUpId: id, why, channel, gapSeconds, listed, doubted, asked, registered, ms };
}
