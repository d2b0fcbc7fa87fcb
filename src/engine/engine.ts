import type { Routing, Tables } from "../eventlog/index.ts";
import { type Policy, type RelayMode, resolutionOf } from "../live/index.ts";
import type { Logger } from "../log.ts";
import { createSampler, type SamplerOptions } from "../metrics/index.ts";
import type { Slots } from "../providers/index.ts";
import { createRedactor, type Redactor } from "../redaction/index.ts";
import { noTraces, type Traces } from "../traces/index.ts";
import { type Advance, type AdvanceResult, createAdvance } from "./advance.ts";
import { createCatchUp } from "./catch-up/catch-up.ts";
import { catchUpTask } from "./catch-up/job.ts";
import { type Attempted, createPerform } from "./effects/perform.ts";
import type { EffectSettings, Providers } from "./effects/performance.ts";
import { performTask } from "./enqueue.ts";
import type { FoldRules } from "./fold-stored.ts";
import { createJobs } from "./jobs.ts";
import { createLease } from "./lease.ts";
import { createProcesses } from "./processes.ts";
import type { Deleted } from "./retention/delete-old.ts";
import { createRetention } from "./retention/retention.ts";
import { createSlots, type Rates } from "./slots.ts";
import { createSweep } from "./sweep.ts";
import { settleUnrouted } from "./unrouted.ts";
import { createWorker } from "./worker.ts";

/** Settings. */
export interface EngineValues extends Pick<EffectSettings, "playbackBase" | "picture"> {
  policy: Policy;
  defaultMode: RelayMode;
  maxActiveRelays: number;
  channelPolicy: Routing["channelPolicy"];
  /** A time without a heartbeat of any process, after which Agora is asked who is where, in ms; 0 = never. */
  catchUpAfterMs: number;
  /** Videos of sessions that ended longer ago are deleted; null: none are. */
  deleteVideosAfterDays: number | null;
  /** How long events are kept; null: for ever. */
  eventsDays: number | null;
  /** Between two samples of a channel with an open session, in ms; 0 = none. */
  metricsMs: number;
  /** Calls a second, for the whole database. */
  rates: Omit<Rates, "checkup" | "views">;
  /** A direct URL of the database, for the jobs' `LISTEN`. */
  jobsUrl: string;
}

/** Collaborators. */
export interface EngineDeps extends Tables, Pick<FoldRules, "interpret">, Pick<EffectSettings, "stageUrl"> {
  log: Logger;
  /** Knows this process's secrets, for errors that are kept; without it only shapes are found. */
  redactor?: Redactor;
  /** Makes the providers' clients, which take their places from these slots. */
  providers: (slots: Slots) => Providers & Pick<SamplerOptions, "liveViewers">;
  /** Nothing is traced without. */
  traces?: Traces;
  /** Called after a commit in which something was decided that the app is to be told. */
  onAnnounced?: () => void;
  /** Told of each advance after its commit, and of each attempt at an effect. Must only note it. */
  onAdvanced?: (result: AdvanceResult) => void;
  onAttempted?: (attempted: Attempted) => void;
  /** Told of each step in which old rows were deleted. Must only note it. */
  onDeleted?: (deleted: Deleted) => void;
}

export interface Engine extends Pick<Advance, "advance"> {
  /** For the event log: advances channels in the background. None means that events came that belong to no channel. */
  onAppended(channelIds: number[]): void;
  /** Whether this process may perform effects now: it runs, and the database knows it. */
  isWorking(): boolean;
  /** Begins to sweep and to perform effects. */
  start(): Promise<void>;
  /**
   * Takes nothing new, and waits for what is under way: provider calls for 10 s at most (one takes 8 s). Ends nobody's
   * broadcast: the next process goes on from the database.
   */
  stop(): Promise<void>;
}

/** Questions to providers, whichever: two a second for all channels together. */
const checkupsPerSecond = 2;
/** Questions for the number of players, for all channels together: with more than 120 live, samples come less often. */
const viewsPerSecond = 2;
const stopTimeoutMs = 10_000;

/** Puts the engine together: nothing runs before `start`, except what `onAppended` and `advance` are asked for. */
export function createEngine(values: EngineValues, deps: EngineDeps): Engine {
  const {
    policy,
    defaultMode,
    maxActiveRelays,
    channelPolicy,
    playbackBase,
    picture,
    catchUpAfterMs,
    deleteVideosAfterDays,
  } = values;
  const { knex, schema, log, interpret, stageUrl, redactor = createRedactor(), traces = noTraces } = deps;
  const tables = { knex, schema };

  const lease = createLease();
  const slots = createSlots(tables, { ...values.rates, checkup: checkupsPerSecond, views: viewsPerSecond }, lease);
  const advancing = createAdvance({
    ...tables,
    log,
    interpret,
    policy,
    defaultMode,
    resolution: resolutionOf(picture),
    maxActiveRelays,
    traces,
    onAdvanced: (result) => {
      sweep.arm(result);
      if (result.decisions.includes("Announced")) deps.onAnnounced?.();
      deps.onAdvanced?.(result);
    },
  });
  const providers = deps.providers(slots);
  const sampler = createSampler({
    ...tables,
    log,
    intervalMs: values.metricsMs,
    defaultMode,
    botClientTypes: policy.botClientTypes,
    liveViewers: providers.liveViewers,
    waitForViews: () => slots.waitForViews(),
  });
  const { eventsDays } = values;
  const retention = createRetention({ ...tables, log, interpret, policy, eventsDays, onDeleted: deps.onDeleted });
  const sweep = createSweep({
    ...tables,
    log,
    interpret,
    channelPolicy,
    advance: advancing,
    deleteVideosAfterDays,
    onSwept() {
      sampler.tick();
      retention.tick();
    },
  });
  const waitForCheckup = () => slots.waitForCheckup();
  const perform = createPerform({
    ...tables,
    log,
    redactor,
    traces,
    providers,
    waitForCheckup,
    advance: advancing.advance,
    playbackBase,
    picture,
    stageUrl,
    maxSessionMs: policy.maxSessionMs,
    onAttempted: deps.onAttempted,
  });
  const { channels } = providers;
  const advance = advancing.request;
  const catchUp = createCatchUp({ ...tables, log, traces, channelPolicy, channels, waitForCheckup, advance });
  const jobs = createJobs({ ...tables, lease, redactor });
  const processes = createProcesses({
    ...tables,
    lease,
    log,
    catchUpAfterMs,
    isInHand: (jobId) => jobs.isInHand(jobId),
  });
  const worker = createWorker({
    url: values.jobsUrl,
    schema,
    log,
    tasks: { [performTask]: jobs.task("effectId", perform), [catchUpTask]: jobs.task("catchUpId", catchUp) },
    onPool: (poolId) => processes.start(poolId),
  });
  let settling: Promise<unknown> = Promise.resolve();

  return {
    advance: advancing.advance,
    onAppended(channelIds) {
      advancing.request(channelIds);
      if (channelIds.length > 0) return;
      settling = settling
        .then(() => settleUnrouted(tables, { interpret }))
        .catch((error: unknown) => log.error({ err: error }, "engine.unrouted_failed"));
    },
    isWorking: () => lease.isHeld(),
    async start() {
      await worker.start();
      sweep.start();
    },
    async stop() {
      lease.end();
      await Promise.all([sweep.stop(), worker.stop(stopTimeoutMs)]);
      await Promise.all([sampler.stop(), retention.stop()]);
      await jobs.release();
      await advancing.idle();
      await settling;
      await processes.stop();
    },
  };
}
