import type { Network } from "./network.ts";
import type { Ways } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

/** Cloudflare's notices came 3 and 11 s late in its own examples. */
const noticeMs = 3_000;
/** `timeoutSeconds`, as Tally sets it. */
const holdMs = 60_000;

export interface Publisher {
  /** The live input ended the connection. */
  onCut: () => void;
}

export interface ModelInput {
  uid: string;
  enabled: boolean;
  state: "connected" | "disconnected" | "unknown" | "errored";
  publishers: Set<Publisher>;
  /** The oldest first. */
  broadcasts: { uid: string; createdAt: number; pausedAt: number | null }[];
}

/** From the first picture until players show it; up to 30 s (Cloudflare docs: troubleshooting). */
const playableMs = 12_000;

/** Cloudflare's end: live inputs, who pushes to them, and what it tells of that. */
export class LiveInputModel {
  readonly inputs: ModelInput[] = [];
  private stamps = 0;
  private readonly timeline: Timeline;
  private readonly network: Network;
  private readonly ways: Ways;

  constructor(timeline: Timeline, network: Network, ways: Ways) {
    this.timeline = timeline;
    this.network = network;
    this.ways = ways;
  }

  create(): ModelInput {
    const uid = `input-${this.inputs.length + 1}`;
    const input: ModelInput = { uid, enabled: true, state: "unknown", publishers: new Set(), broadcasts: [] };
    this.inputs.push(input);
    return input;
  }

  get(uid: string): ModelInput | null {
    return this.inputs.find((input) => input.uid === uid) ?? null;
  }

  delete(): void {
    const input = this.inputs.shift();
    if (input !== undefined) this.cutAll(input);
  }

  /** Whether viewers can watch: some time after the picture came, and until it is gone for longer than the hold. */
  isPlayable(uid: string): boolean {
    const last = this.get(uid)?.broadcasts.at(-1);
    if (last === undefined) return false;
    const { now } = this.timeline;
    const isHeld = last.pausedAt === null || now - last.pausedAt <= holdMs;
    return isHeld && now - last.createdAt >= playableMs;
  }

  /** @returns whether the publisher is let in */
  connect(uid: string, publisher: Publisher): boolean {
    const input = this.get(uid);
    if (input?.enabled !== true) return false;
    if (input.publishers.size > 0) {
      if (this.ways.secondPublisher === "refused") return false;
      if (this.ways.secondPublisher === "takes_over") this.cutAll(input);
    }
    input.publishers.add(publisher);
    if (input.publishers.size === 1) {
      this.broadcast(input);
      this.enter(input, "connected");
    }
    return true;
  }

  disconnect(uid: string, publisher: Publisher): void {
    const input = this.get(uid);
    if (input?.publishers.delete(publisher) !== true || input.publishers.size > 0) return;
    this.pause(input);
    this.enter(input, "disconnected");
  }

  setEnabled(input: ModelInput, enabled: boolean): void {
    input.enabled = enabled;
    if (enabled || input.publishers.size === 0) return;
    this.cutAll(input);
    this.enter(input, "disconnected");
  }

  /** The encoder's picture can't be used: connections end. */
  err(code: string): void {
    const [input] = this.inputs;
    if (input === undefined || input.publishers.size === 0) return;
    this.cutAll(input);
    input.state = "errored";
    const event = { type: "IngestErrored" as const, liveInput: input.uid, updatedAt: this.stamp(), code, message: "" };
    this.timeline.after(noticeMs, () => this.network.send("errored", event));
  }

  /** As Cloudflare lists them: live, being made for a minute after the hold, then ready. */
  videos({ broadcasts }: ModelInput): object[] {
    return broadcasts.map(({ uid, createdAt, pausedAt }) => {
      const readyAt = pausedAt === null ? Infinity : pausedAt + 2 * holdMs;
      const state = this.timeline.now >= readyAt ? "ready" : "live-inprogress";
      return { uid, created: new Date(createdAt).toISOString(), status: { state } };
    });
  }

  /** A picture that is back within the hold goes on with the video. */
  private broadcast(input: ModelInput): void {
    const last = input.broadcasts.at(-1);
    if (last?.pausedAt != null && this.timeline.now - last.pausedAt <= holdMs) last.pausedAt = null;
    else {
      const uid = `${input.uid}-video-${input.broadcasts.length + 1}`;
      input.broadcasts.push({ uid, createdAt: this.timeline.now, pausedAt: null });
    }
  }

  private cutAll(input: ModelInput): void {
    this.pause(input);
    const cut = [...input.publishers];
    input.publishers.clear();
    for (const { onCut } of cut) onCut();
  }

  private pause({ broadcasts }: ModelInput): void {
    const last = broadcasts.at(-1);
    if (last !== undefined) last.pausedAt ??= this.timeline.now;
  }

  private enter(input: ModelInput, state: "connected" | "disconnected"): void {
    input.state = state;
    const type = state === "connected" ? "IngestConnected" : "IngestDisconnected";
    const event = { type, liveInput: input.uid, updatedAt: this.stamp() } as const;
    this.timeline.after(noticeMs, () => this.network.send(state, event));
  }

  private stamp(): string {
    this.stamps += 1;
    return new Date(this.timeline.now).toISOString().replace("Z", `${String(this.stamps).padStart(6, "0")}Z`);
  }
}
