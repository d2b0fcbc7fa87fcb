import type { RtmpStatus } from "../../src/live/index.ts";
import type { LiveInputModel, Publisher } from "./live-inputs.ts";
import type { Network } from "./network.ts";
import type { Ways } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

const pushMs = 2_000;

export interface PusherDeps {
  timeline: Timeline;
  network: Network;
  liveInputs: LiveInputModel;
  ways: Ways;
}

/** What carries a picture to a live input and costs money: a recorder, or a converter. */
export abstract class Pusher {
  readonly sid: string;
  state: "starting" | "recording" | "moving" | "stopping" | "ended" = "starting";
  rtmp: RtmpStatus = "connecting";
  /** When it last published. */
  publishedAt: number | null = null;
  private input: string;
  private connection: Publisher | null = null;
  private pushes = 0;
  protected readonly deps: PusherDeps;

  constructor(deps: PusherDeps, of: { sid: string; input: string }) {
    this.deps = deps;
    this.sid = of.sid;
    this.input = of.input;
    deps.timeline.after(deps.ways.startSeconds * 1000, () => {
      if (this.state === "starting") this.begin();
    });
  }

  /** The service can have it stopped: it was told what this is called, or knows the name that it gave it. */
  abstract get isReachable(): boolean;
  /** Whom it shows; null if it sees for itself. */
  abstract get hosts(): readonly number[] | null;
  /** The service has its id in the log. */
  abstract sidKept(): void;
  abstract die(silently: boolean): void;
  abstract move(seconds: number): void;
  protected abstract begin(): void;
  protected abstract tellStatus(status: RtmpStatus): void;

  /** It costs money. */
  get runs(): boolean {
    return this.state !== "ended";
  }

  get publishes(): boolean {
    return this.connection !== null;
  }

  /** Where it pushes, if it does. */
  get pushesTo(): string | null {
    return this.publishes ? this.input : null;
  }

  get isFound(): boolean {
    return this.state !== "ended" && this.state !== "moving";
  }

  /** The push breaks off, and comes back by itself if that is how it is tonight. */
  drop(): void {
    if (this.connection === null) return;
    this.close();
    this.broken();
  }

  repoint(input: string): void {
    this.input = input;
    if (this.state === "recording") this.push();
  }

  protected push(): void {
    this.close();
    this.enter("connecting");
    const push = ++this.pushes;
    this.deps.timeline.after(pushMs, () => {
      if (push !== this.pushes || this.state !== "recording") return;
      const publisher: Publisher = {
        onCut: () => {
          this.connection = null;
          this.publishedAt = this.deps.timeline.now;
          this.broken();
        },
      };
      if (!this.deps.liveInputs.connect(this.input, publisher)) {
        this.broken();
        return;
      }
      this.connection = publisher;
      this.enter("publishing");
    });
  }

  protected close(): void {
    const { connection } = this;
    this.connection = null;
    if (connection !== null) this.publishedAt = this.deps.timeline.now;
    if (connection !== null) this.deps.liveInputs.disconnect(this.input, connection);
  }

  protected end(): void {
    this.state = "ended";
    this.pushes += 1;
    this.close();
  }

  private broken(): void {
    if (this.state !== "recording") return;
    this.enter("disconnected");
    const push = ++this.pushes;
    const { reconnectSeconds } = this.deps.ways;
    if (reconnectSeconds === null) return;
    this.deps.timeline.after(reconnectSeconds * 1000, () => {
      if (push === this.pushes && this.state === "recording") this.push();
    });
  }

  private enter(status: RtmpStatus): void {
    this.rtmp = status;
    this.tellStatus(status);
  }
}
