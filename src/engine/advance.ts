import { createCoalescer } from "../coalesce.ts";
import { retryConflicts, type Tables } from "../eventlog/index.ts";
import type { ChannelState, Decision, Missed } from "../live/index.ts";
import { apart, within } from "../traces/index.ts";
import { advanceOnce, type AdvanceRules, type Pass } from "./advance-once.ts";
import type { FoldedEvent } from "./fold-stored.ts";
import { followUp } from "./follow-up.ts";

/** What an advance came to. */
export interface AdvanceResult {
  channelId: number;
  version: number;
  /** Events that were looked at. */
  events: number;
  decisions: Decision["type"][];
  /** Effects that are new. */
  effects: number;
  /** What became of each event. */
  folded: Pick<FoldedEvent, "source" | "type" | "status">[];
  /** Notices that turned out to have been sent and never to have come, or, below 0, to have come late. */
  missed: Missed;
  /** Milliseconds, database's clock: when it was decided, and when the channel wants to be looked at again. */
  now: number;
  wakeAt: number | null;
}

export interface AdvanceOptions extends Tables, AdvanceRules {
  /** Channels at a time, so that a flood of events leaves connections for appending them. */
  concurrency?: number;
  /** Called after each commit. */
  onAdvanced?: (result: AdvanceResult) => void;
}

export interface Advance {
  /**
   * Brings a channel up to date with the log: folds what is pending, decides, and leaves jobs for what is owed. Calls
   * for one channel that come while it runs share one more run.
   *
   * @returns null if there is no such channel
   */
  advance: (channelId: number) => Promise<AdvanceResult | null>;
  /** The same, unless this or another process is at it. For the sweep, which must not wait. */
  advanceIfFree: (channelId: number) => Promise<AdvanceResult | null>;
  /** Advances channels in the background. A failure is logged; the sweep tries again. */
  request: (channelIds: Iterable<number>) => void;
  /** Resolves when nothing is under way, what followed from it included. */
  idle: () => Promise<void>;
}

export function createAdvance(options: AdvanceOptions): Advance {
  const { knex, schema, log, maxActiveRelays } = options;
  const coalescer = createCoalescer(
    (channelId: number) => apart(() => run(channelId, { skipLocked: false })),
    options.concurrency ?? 4,
  );

  async function run(channelId: number, { skipLocked }: { skipLocked: boolean }): Promise<AdvanceResult | null> {
    for (;;) {
      const startedAt = performance.now();
      const pass = await retryConflicts(() =>
        knex.transaction(
          (trx) => advanceOnce(trx, schema, channelId, options, { skipLocked }),
          // Not the server's default, whatever that is: each statement must see what was committed before the lock.
          { isolationLevel: "read committed" },
        ),
      );
      if (pass === null) return null;
      const result = toResult(pass);
      const level = pass.folded.length + pass.decisions.length > 0 ? "info" : "debug";
      const ms = Math.round(performance.now() - startedAt);
      within(pass.span, () => log[level]({ ...lineOf(pass), ms }, "channel.advanced"));
      pass.span.end();
      options.onAdvanced?.(result);
      await follow(pass);
      if (!pass.more) return result;
    }
  }

  async function follow(pass: Pass): Promise<void> {
    try {
      request(await followUp(options, pass, maxActiveRelays));
    } catch (error) {
      log.error({ err: error, channelId: pass.channel.id }, "advance.follow_up_failed");
    }
  }

  function request(channelIds: Iterable<number>): void {
    for (const channelId of channelIds) {
      coalescer.request(channelId).catch((error: unknown) => {
        log.error({ err: error, channelId }, "advance.failed");
      });
    }
  }

  return {
    advance: (channelId) => coalescer.request(channelId),
    advanceIfFree: (channelId) =>
      coalescer.has(channelId) ? Promise.resolve(null) : apart(() => run(channelId, { skipLocked: true })),
    request,
    idle: () => coalescer.idle(),
  };
}

function toResult({ channel, state, version, folded, decisions, effects, now, wakeAt }: Pass): AdvanceResult {
  return {
    channelId: channel.id,
    version,
    events: folded.length,
    decisions: decisions.map((decision) => decision.type),
    effects,
    folded: folded.map(({ source, type, status }) => ({ source, type, status })),
    missed: missedBetween(channel.state, state),
    now,
    wakeAt,
  };
}

function missedBetween({ missed: before = noneMissed }: ChannelState, { missed = noneMissed }: ChannelState): Missed {
  return { recording: missed.recording - before.recording, presence: missed.presence - before.presence };
}

const noneMissed: Missed = { recording: 0, presence: 0 };

/** The one line per advance: which events, what became of them, what was decided. */
function lineOf(pass: Pass) {
  const { channel, version, folded, decisions, effects, wakeAt } = pass;
  const unapplied = folded.filter(({ status }) => status !== "applied");
  return {
    channelId: channel.id,
    channel: channel.name,
    version,
    events: folded.map(({ id }) => id),
    ...(unapplied.length > 0 && { unapplied: unapplied.map(({ id, status, note }) => ({ id, status, note })) }),
    decisions: decisions.map((decision) => decision.type),
    effects,
    wakeAt: wakeAt === null ? null : new Date(wakeAt).toISOString(),
  };
}
