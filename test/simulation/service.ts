import { decideAll } from "../../src/engine/decide-all.ts";
import { isStillWanted } from "../../src/engine/effects/is-still-wanted.ts";
import { performEffect } from "../../src/engine/effects/perform-effect.ts";
import type { Scene } from "../../src/engine/effects/performance.ts";
import {
  type ChannelState,
  decisionKey,
  defaultPolicy,
  type Effect,
  effectOf,
  type Entry,
  evolve,
  initialState,
  type LiveEvent,
  type Outcome,
  type RelayMode,
} from "../../src/live/index.ts";
import type { Operation, Plan } from "./plan.ts";
import type { ProviderModel } from "./providers.ts";
import type { Timeline } from "./timeline.ts";

export const channelId = 42;
/** The next sweep of a process that lives finds what another left undone. */
const sweepMs = 1_000;
/** A silent process's jobs are free after 15 s, looked at every 3 s. */
const unlockMs = 18_000;
/** An acquired resource is started again up to this age. */
const freshMs = 290_000;
const processCount = 2;
/** After so long without any heartbeat, Agora is asked who is where; the next heartbeat finds it. */
const outageMs = 60_000;
const heartbeatMs = 3_000;

interface Job {
  effect: Effect;
  attempts: number;
  done: boolean;
}

interface Process {
  /** Counts its lives: an attempt of an earlier one hears nothing any more. */
  life: number;
  up: boolean;
}

/**
 * The service around the core, in memory: a log with unique keys, one transaction per advance, jobs that other
 * processes take over, processes that die between any two steps. The rules, the decisions and what effects do are the
 * real ones.
 */
export class Service {
  state: ChannelState = initialState(channelId);
  /** What was folded, in order: what a rebuild would fold. */
  readonly log: Entry[] = [];
  /** Keys that were decided twice: once only is the log's promise, and a decision must not lean on it. */
  readonly decidedTwice: string[] = [];
  runaway = false;
  /** Attempts that sent a start for a relay that was not wanted at that moment. */
  readonly unwantedStarts: string[] = [];
  readonly jobs = new Map<string, Job>();
  onCaughtUp: () => void = () => undefined;
  onDeath: (seconds: number, isLast: boolean) => void = () => undefined;
  private readonly keys = new Set<string>();
  private readonly pending: LiveEvent[] = [];
  private readonly processes: Process[] = Array.from({ length: processCount }, () => ({ life: 0, up: true }));
  /** Things done, of which each may be a process's last. */
  steps = 0;
  private next = 0;
  private wakeAt: number | null = null;
  private downSince: number | null = null;
  private readonly deaths = new Map<number, number>();
  private readonly mode: RelayMode;
  private readonly timeline: Timeline;
  private readonly providers: ProviderModel;

  constructor(timeline: Timeline, providers: ProviderModel, { ways, trouble }: Plan) {
    this.mode = ways.mode;
    this.timeline = timeline;
    this.providers = providers;
    for (const each of trouble) if (each.kind === "death") this.deaths.set(each.step, each.seconds);
  }

  get isUp(): boolean {
    return this.processes.some(({ up }) => up);
  }

  /** A webhook. @returns whether it was acknowledged */
  receive(key: string, event: LiveEvent): boolean {
    const process = this.pick();
    if (process === null) return false;
    if (this.keys.has(key)) return true;
    this.keys.add(key);
    this.pending.push(event);
    this.stepThenAdvance(process);
    return true;
  }

  /** What the app or an operator asks for, of whichever process answers; nothing if none does. */
  asked(event: LiveEvent): void {
    const process = this.pick();
    if (process === null) return;
    this.pending.push(event);
    this.stepThenAdvance(process);
  }

  /** All processes die; one is back after so long, then the other. */
  outage(seconds: number): void {
    for (const process of this.processes) if (process.up) this.kill(process, seconds);
  }

  /** What a rebuild would make of the log. */
  rebuilt(): ChannelState {
    let state = initialState(channelId);
    for (const entry of this.log) state = evolve(state, entry, defaultPolicy).state;
    return state;
  }

  get openEffects(): Effect[] {
    return [...this.jobs.values()].filter(({ done }) => !done).map(({ effect }) => effect);
  }

  private pick(): Process | null {
    for (let i = 0; i < processCount; i += 1) {
      this.next = (this.next + 1) % processCount;
      const process = this.processes[this.next];
      if (process?.up === true) return process;
    }
    return null;
  }

  /** @returns false if that was this process's last step */
  private step(process: Process): boolean {
    this.steps += 1;
    const seconds = this.deaths.get(this.steps);
    if (seconds === undefined || !process.up) return true;
    this.kill(process, seconds);
    return false;
  }

  private kill(process: Process, seconds: number): void {
    process.up = false;
    process.life += 1;
    this.onDeath(seconds, !this.isUp);
    if (!this.isUp) this.downSince = this.timeline.now;
    this.timeline.after(seconds * 1000, () => this.revive(process));
    // The survivor's sweep.
    this.timeline.after(sweepMs, () => this.sweep());
  }

  private revive(process: Process): void {
    process.up = true;
    this.sweep();
    const missed = this.downSince !== null && this.timeline.now - this.downSince >= outageMs;
    this.downSince = null;
    if (missed) this.timeline.after(heartbeatMs, () => this.catchUp());
  }

  private catchUp(): void {
    this.asked({ type: "PresenceDoubted", why: "outage" });
    this.onCaughtUp();
  }

  private sweep(): void {
    const process = this.isUp ? this.pick() : null;
    if (process === null) return;
    const isDue = this.wakeAt !== null && this.wakeAt <= this.timeline.now;
    if (this.pending.length > 0 || isDue) this.advance(process);
  }

  private stepThenAdvance(process: Process): void {
    if (this.step(process)) this.advance(process);
  }

  /** One transaction. Dying in it leaves nothing of it, which is the same as dying before. */
  private advance(process: Process): void {
    const at = this.timeline.now;
    for (const event of this.pending.splice(0)) this.fold({ at, event });
    const context = { policy: defaultPolicy, capacityFree: true, defaultMode: this.mode };
    const settled = decideAll(this.state, at, context);
    if (settled.runaway) this.runaway = true;
    const effects: Effect[] = [];
    for (const { event } of settled.decided) {
      const key = decisionKey(channelId, event);
      this.log.push({ at, event });
      if (this.keys.has(key)) {
        this.decidedTwice.push(key);
        continue;
      }
      this.keys.add(key);
      const effect = effectOf(channelId, event);
      if (effect !== null) effects.push(effect);
    }
    this.state = settled.state;
    this.armFor(settled.wakeAt);
    for (const effect of effects) this.jobs.set(effect.key, { effect, attempts: 0, done: false });
    this.step(process);
    for (const { key } of effects) this.runLater(key, 0);
  }

  private fold(entry: Entry): void {
    this.state = evolve(this.state, entry, defaultPolicy).state;
    this.log.push(entry);
  }

  private armFor(wakeAt: number | null): void {
    this.wakeAt = wakeAt;
    if (wakeAt === null) return;
    this.timeline.after(wakeAt - this.timeline.now, () => {
      if (this.wakeAt === wakeAt) this.sweep();
    });
  }

  /** A job, taken by whichever process is free. */
  private runLater(key: string, ms: number): void {
    this.timeline.after(ms, () => {
      const process = this.pick();
      if (process === null) {
        this.runLater(key, sweepMs);
        return;
      }
      const job = this.jobs.get(key);
      if (job === undefined || job.done) return;
      job.attempts += 1;
      const { life } = process;
      this.watch(process, life, job);
      void this.attempt(process, life, job);
      this.timeline.awaits();
    });
  }

  /** If the process dies before the job is done, another takes it. */
  private watch(process: Process, life: number, job: Job): void {
    const { attempts } = job;
    this.timeline.after(unlockMs, () => {
      if (job.done || job.attempts !== attempts) return;
      if (process.life === life) this.watch(process, life, job);
      else this.runLater(job.effect.key, 0);
    });
  }

  private async attempt(process: Process, life: number, job: Job): Promise<void> {
    const { effect } = job;
    const lives = (): boolean => process.life === life;
    const never = new Promise<never>(() => undefined);
    if (!isStillWanted(effect, this.state)) {
      job.done = true;
      return;
    }
    const caller = {
      sends: (operation: Operation) => {
        if (sendsStart(operation) && !isStillWanted(effect, this.state)) this.unwantedStarts.push(effect.key);
        return lives() && this.step(process);
      },
      hears: () => lives() && this.step(process),
    };
    const scene: Scene = {
      ...this.providers.clientsOf(caller),
      playbackBase: null,
      picture: { width: 1280, height: 720, fps: 30, bitrateKbps: 2500 },
      maxSessionMs: defaultPolicy.maxSessionMs,
      stageUrl: () => "https://stage",
      waitForCheckup: () => Promise.resolve(),
      effect,
      channel: { id: channelId, name: "demo" },
      state: this.state,
      call: { context: {} },
      freshResource: () => Promise.resolve(this.freshResource(effect)),
      record: (outcome) => {
        this.append(effect, job.attempts, [outcome]);
        this.stepThenAdvance(process);
        return lives() ? Promise.resolve() : never;
      },
      isStillWanted: () => Promise.resolve(isStillWanted(effect, this.state)),
    };
    const { outcomes } = await performEffect(scene);
    if (!lives() || job.done) return;
    if (!this.step(process)) return; // before the commit
    this.append(effect, job.attempts, outcomes);
    job.done = true;
    this.stepThenAdvance(process);
  }

  private append(effect: Effect, attempts: number, outcomes: Outcome[]): void {
    for (const event of outcomes) {
      const key = `${effect.key}:${event.type}:${attempts}`;
      if (this.keys.has(key)) continue;
      this.keys.add(key);
      this.pending.push(event);
      if ("recordingSid" in event && event.recordingSid !== null) this.providers.sidKept(event.recordingSid);
    }
  }

  private freshResource(effect: Effect): string | null {
    if (effect.type !== "StartRelay") return null;
    const { session, attempt } = effect;
    const newest = this.log.findLast(
      ({ event }) => event.type === "RecorderAcquired" && event.session === session && event.attempt === attempt,
    );
    if (newest?.event.type !== "RecorderAcquired") return null;
    return this.timeline.now - newest.at < freshMs ? newest.event.resourceId : null;
  }
}

function sendsStart(operation: Operation): boolean {
  return operation === "start" || operation === "createConverter";
}
