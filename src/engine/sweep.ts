import { type Routing, rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import type { Advance, AdvanceResult } from "./advance.ts";
import { reenqueueCatchUps } from "./catch-up/job.ts";
import { createExpiry } from "./expiry.ts";
import type { FoldRules } from "./fold-stored.ts";
import { reenqueueEffects } from "./reenqueue.ts";
import { sweepStrays } from "./strays.ts";
import { settleUnrouted } from "./unrouted.ts";

export interface SweepOptions extends Tables, Routing, Pick<FoldRules, "interpret"> {
  log: Logger;
  advance: Pick<Advance, "advanceIfFree">;
  /** Videos of sessions that ended longer ago are deleted by us; null: none are. */
  deleteVideosAfterDays: number | null;
  /** Called after each sweep, for what may wait for one and must not hold it up. */
  onSwept?: () => void;
  intervalMs?: number;
}

/** The one timer of the service. */
export interface Sweep {
  /** Sweeps at once and then every second, and when a channel wants to be looked at. */
  start(): void;
  /** A channel was advanced: it may want to be looked at before the next sweep. */
  arm(result: Pick<AdvanceResult, "now" | "wakeAt">): void;
  /** One sweep, now. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

/** Channels in one sweep; the rest is taken by the next, which then follows at once. */
const channelsMost = 100;

/** A channel whose advance fails is tried again after 1, 2, 4 … 60 s, so that it can't keep the others waiting. */
const backoffMs = { first: 1_000, most: 60_000 };

/**
 * Does what no event asks for: wakes channels at their time, and repairs what a killed process left half done. Several
 * processes may sweep; they skip what another has locked.
 */
export function createSweep(options: SweepOptions): Sweep {
  const { knex, schema, log, advance, intervalMs = 1_000 } = options;
  const expiry = createExpiry(options, options.deleteVideosAfterDays);
  const failing = new Map<number, { until: number; delayMs: number }>();
  let timer: NodeJS.Timeout | null = null;
  let timerAt = Infinity;
  let ticking: Promise<void> | null = null;
  let isAskedAgain = false;
  let phase: "idle" | "running" | "stopped" = "idle";

  /** By the monotonic clock; the earliest wish wins. */
  function schedule(delayMs: number): void {
    const at = performance.now() + Math.max(0, delayMs);
    if (phase !== "running" || at >= timerAt) return;
    if (timer !== null) clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => void tick(), Math.max(0, delayMs));
  }

  /** Never two at a time: a wish that comes true during one is answered by the next. */
  function tick(): Promise<void> {
    timerAt = Infinity;
    if (ticking !== null) isAskedAgain = true;
    ticking ??= sweep().finally(() => {
      ticking = null;
      if (isAskedAgain) schedule(0);
      isAskedAgain = false;
    });
    return ticking;
  }

  async function sweep(): Promise<void> {
    const startedAt = performance.now();
    await step("unrouted", () => settleUnrouted(options, options));
    const strays = (await step("strays", () => sweepStrays(options, options))) ?? [];
    const expired = (await step("expired", () => expiry.look())) ?? [];
    const due = (await step("due", dueChannels)) ?? [];
    for (const channelId of new Set([...strays, ...expired, ...due])) await wake(channelId);
    const effects = (await step("effects", () => reenqueueEffects(options))) ?? [];
    if (effects.length > 0) log.warn({ effects }, "sweep.effects_enqueued_again");
    const catchUps = (await step("catch_ups", () => reenqueueCatchUps(knex, schema))) ?? [];
    if (catchUps.length > 0) log.warn({ catchUps }, "sweep.catch_ups_enqueued_again");

    options.onSwept?.();
    schedule(due.length >= channelsMost ? 0 : startedAt + intervalMs - performance.now());
    const soonest = await step("wake_up", soonestWakeUp);
    if (soonest != null) schedule(soonest);
  }

  /** One part's failure must not keep the others from running. */
  async function step<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      log.error({ err: error, step: name }, "sweep.failed");
      return null;
    }
  }

  /** Channels whose time has come, or whose events the process that appended them did not fold. */
  async function dueChannels(): Promise<number[]> {
    const now = performance.now();
    const skipped = [...failing].filter(([, { until }]) => until > now).map(([channelId]) => channelId);
    const rows = await rowsOf<{ id: number }>(
      knex,
      `(select id from ${table(schema, "channels")}
        where wake_at <= clock_timestamp() and id <> all(:skipped::integer[])
        order by wake_at limit ${channelsMost})
       union
       (select distinct channel_id from ${table(schema, "events")}
        where status = 'pending' and channel_id is not null and received_at < clock_timestamp() - interval '1 second'
          and channel_id <> all(:skipped::integer[])
        limit ${channelsMost})`,
      { skipped },
    );
    return rows.map((row) => row.id);
  }

  async function wake(channelId: number): Promise<void> {
    if (phase === "stopped") return;
    try {
      await advance.advanceIfFree(channelId);
      failing.delete(channelId);
    } catch (error) {
      const delayMs = Math.min((failing.get(channelId)?.delayMs ?? backoffMs.first / 2) * 2, backoffMs.most);
      failing.set(channelId, { until: performance.now() + delayMs, delayMs });
      log.error({ err: error, channelId, delayMs }, "advance.failed");
    }
  }

  async function soonestWakeUp(): Promise<number | null> {
    const [row] = await rowsOf<{ delayMs: number | null }>(
      knex,
      `select (extract(epoch from min(wake_at) - clock_timestamp()) * 1000)::double precision as "delayMs"
       from ${table(schema, "channels")} where wake_at > clock_timestamp()`,
    );
    return row?.delayMs ?? null;
  }

  return {
    start() {
      phase = "running";
      schedule(0);
    },
    arm({ now, wakeAt }) {
      if (wakeAt !== null) schedule(wakeAt - now);
    },
    tick,
    async stop() {
      phase = "stopped";
      if (timer !== null) clearTimeout(timer);
      await ticking;
    },
  };
}
