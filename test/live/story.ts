import {
  type ChannelState,
  decide,
  type DecideContext,
  defaultPolicy,
  type Effect,
  effectOf,
  evolve,
  initialState,
  type LiveEvent,
  type Policy,
  type Status,
  toStatus,
} from "../../src/live/index.ts";

export const channelId = 42;
export const mainUid = 999_042;
export const spareUid = 2_000_000_042;
export const stageUid = 3_000_000_042;

/** 2026-01-01T00:00:00Z: where every story begins. */
export const t0 = Date.UTC(2026, 0, 1);

export interface Told {
  at: number;
  event: LiveEvent;
}

/**
 * A channel's life, told event by event: each is folded, then `decide` is asked until it wants nothing more, as in one
 * transaction of the engine. Time passes only when the story says so, and stops at each wake-up on the way.
 */
export class Story {
  state: ChannelState = initialState(channelId);
  now = t0;
  wakeAt: number | null = null;
  /** Everything that was folded, in order: the channel's log. */
  readonly log: Told[] = [];
  /** Every effect that was wanted, in order. */
  readonly effects: Effect[] = [];
  readonly notes: (string | null)[] = [];
  readonly policy: Policy;
  readonly context: DecideContext;

  constructor(policy: Partial<Policy> = {}) {
    this.policy = { ...defaultPolicy, ...policy };
    this.context = { policy: this.policy, capacityFree: true, defaultMode: "cloud-recording" };
  }

  /** Events arrive now, together. */
  hears(...events: LiveEvent[]): this {
    for (const event of events) this.fold(event);
    this.decide();
    return this;
  }

  /** Time passes, wake-up by wake-up. */
  passes(seconds: number): this {
    const until = this.now + seconds * 1000;
    while (this.wakeAt !== null && this.wakeAt <= until) {
      this.now = Math.max(this.now, this.wakeAt);
      this.decide();
    }
    this.now = until;
    return this;
  }

  get status(): Status {
    const context = { channel: "demo", version: this.log.length, updatedAt: this.now, defaultMode: "cloud-recording" };
    return toStatus(this.state, context as Parameters<typeof toStatus>[1]);
  }

  /** The types of the effects wanted since the last time this was asked. */
  wanted(): string[] {
    return this.wantedEffects().map((effect) => effect.type);
  }

  wantedEffects(): Effect[] {
    return this.effects.splice(0);
  }

  decisions(): string[] {
    return this.log.map(({ event }) => event.type);
  }

  private fold(event: LiveEvent): void {
    const { state, note } = evolve(this.state, { at: this.now, event }, this.policy);
    this.state = state;
    this.notes.push(note);
    this.log.push({ at: this.now, event });
  }

  private decide(): void {
    for (let round = 0; round < 10; round += 1) {
      const { decisions, wakeAt } = decide(this.state, this.now, this.context);
      if (decisions.length === 0) {
        if (wakeAt !== null && wakeAt <= this.now) throw new Error("a wake-up in the past would never end");
        this.wakeAt = wakeAt;
        return;
      }
      for (const decision of decisions) {
        const effect = effectOf(channelId, decision);
        if (effect !== null) this.effects.push(effect);
        this.fold(decision);
      }
    }
    throw new Error(`decide never came to an end: ${this.lastDecisions().join(", ")}`);
  }

  private lastDecisions(): string[] {
    return this.log.slice(-10).map(({ event }) => event.type);
  }
}

/** Folds a log from nothing, as a rebuild does. */
export function rebuild(log: readonly Told[], policy: Policy = defaultPolicy): ChannelState {
  return log.reduce((state, entry) => evolve(state, entry, policy).state, initialState(channelId));
}
