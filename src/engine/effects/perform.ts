import type { Tables } from "../../eventlog/index.ts";
import type { EffectType } from "../../live/index.ts";
import type { Logger } from "../../log.ts";
import { reasonOf } from "../../reason-of.ts";
import type { Redactor } from "../../redaction/index.ts";
import { noTraces, type Span, spanned, type Traces } from "../../traces/index.ts";
import { type ChannelRow, readChannel } from "../channel-row.ts";
import type { Tries } from "../jobs.ts";
import { beginAttemptSpan } from "./attempt-span.ts";
import { appendOutcomes, conclude, type Conclusion, describeError } from "./conclude.ts";
import { acquiredResource, beginAttempt, type ClosedStatus, type EffectRow, freshResource } from "./effect-row.ts";
import { failureOutcome } from "./failure-outcome.ts";
import { isStillWanted } from "./is-still-wanted.ts";
import { performEffect } from "./perform-effect.ts";
import type { EffectSettings, Providers, Scene } from "./performance.ts";

export interface PerformOptions extends Tables, EffectSettings {
  log: Logger;
  /** For errors of our own, which are kept with the effect. */
  redactor: Redactor;
  providers: Providers;
  waitForCheckup: () => Promise<void>;
  /** Brings the channel up to date with the outcome. */
  advance: (channelId: number) => Promise<unknown>;
  /** Nothing is traced without. */
  traces?: Traces | undefined;
  /** Told of each attempt. */
  onAttempted?: ((attempted: Attempted) => void) | undefined;
}

/** How an attempt at an effect went. */
export interface Attempted {
  type: EffectType;
  /** `threw`: no provider's answer, and the job is tried again; `dead`: it is not. */
  outcome: ClosedStatus | "threw";
}

/**
 * Performs an effect: reads whether it is still owed, calls the provider, appends what came of it. A provider's refusal
 * is an outcome; the next attempt comes from the channel's next decision.
 *
 * @param tries - what follows if it throws: see `Tries`
 * @throws what is no provider's answer (a lost lease or database, a bug), unless this was the last try
 */
export type PerformEffect = (effectId: number, tries: Tries) => Promise<void>;

export function createPerform(options: PerformOptions): PerformEffect {
  const { knex, schema, log, traces = noTraces } = options;

  return async (effectId, tries) => {
    const startedAt = performance.now();
    const row = await beginAttempt(knex, schema, effectId);
    if (row === null) {
      log.debug({ effectId }, "effect.skipped");
      return;
    }
    const channel = await readChannel(knex, schema, row.channelId);
    if (channel === null) throw new Error(`effect ${row.effect.key} is of a channel that doesn't exist`);

    const span = beginAttemptSpan(traces, row, channel, startedAt);
    await spanned(span, () => attemptAndConclude(options, { row, channel, span, startedAt }, tries));
    await advanceQuietly(options, row.channelId);
  };
}

interface Attempting {
  row: EffectRow;
  channel: ChannelRow;
  span: Span;
  startedAt: number;
}

async function attemptAndConclude(
  options: PerformOptions,
  { row, channel, span, startedAt }: Attempting,
  { isLast, nextInMs }: Tries,
): Promise<void> {
  const { log, onAttempted } = options;
  const { type } = row.effect;
  const line = { ...idsOf(row, channel), type, attempt: row.attempts };
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    const conclusion = await attempt(options, row, channel);
    await conclude(options, row, channel, conclusion);
    const { status, outcomes, error } = conclusion;
    const told = { outcome: status, outcomes: outcomes.map((outcome) => outcome.type), error };
    log[status === "failed" ? "warn" : "info"]({ ...line, ...told, ms: ms() }, "effect.attempted");
    span.set({ "tally.outcome": status });
    if (error !== null) span.fail(error);
    onAttempted?.({ type, outcome: status });
  } catch (error) {
    const told = isLast ? ({ outcome: "dead" } as const) : ({ outcome: "threw", nextInMs } as const);
    log.error({ ...line, ...told, err: error, ms: ms() }, "effect.attempted");
    span.set({ "tally.outcome": told.outcome });
    span.fail(reasonOf(error));
    onAttempted?.({ type, outcome: told.outcome });
    if (!isLast) throw error;
    await conclude(options, row, channel, await giveUp(options, row, error));
  }
}

async function attempt(options: PerformOptions, row: EffectRow, channel: ChannelRow): Promise<Conclusion> {
  if (!isStillWanted(row.effect, channel.state)) return { status: "cancelled", outcomes: [], error: null };
  const { error, ...performed } = await performEffect(sceneOf(options, row, channel));
  return { ...performed, status: error === null ? "succeeded" : "failed", error: error && describeError(error) };
}

function sceneOf(options: PerformOptions, row: EffectRow, channel: ChannelRow): Scene {
  const { knex, schema, providers, playbackBase, picture, maxSessionMs, stageUrl, waitForCheckup } = options;
  return {
    ...providers,
    playbackBase,
    picture,
    maxSessionMs,
    stageUrl,
    waitForCheckup,
    effect: row.effect,
    channel: { id: channel.id, name: channel.name },
    state: channel.state,
    call: { context: { ...idsOf(row, channel), attempt: row.attempts } },
    freshResource: () => freshResource(knex, schema, row),
    async record(outcome) {
      await knex.transaction((trx) => appendOutcomes(trx, schema, row, channel, [outcome]));
      await advanceQuietly(options, channel.id);
    },
    async isStillWanted() {
      const now = await readChannel(knex, schema, channel.id);
      return now !== null && isStillWanted(row.effect, now.state);
    },
  };
}

async function giveUp({ knex, schema, redactor }: PerformOptions, row: EffectRow, error: unknown): Promise<Conclusion> {
  const message = redactor.text(reasonOf(error));
  const resourceId = await acquiredResource(knex, schema, row);
  return { status: "dead", outcomes: [failureOutcome(row.effect, message, resourceId)], error: message };
}

/** The outcome is in the log: if this fails, the sweep finds it. */
async function advanceQuietly({ advance, log }: PerformOptions, channelId: number): Promise<void> {
  try {
    await advance(channelId);
  } catch (error) {
    log.error({ err: error, channelId }, "advance.failed");
  }
}

function idsOf({ id, effect }: EffectRow, channel: ChannelRow) {
  return { channelId: channel.id, channel: channel.name, effectId: id, effectKey: effect.key };
}
