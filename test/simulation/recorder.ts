import type { RecordingEvent, RtmpStatus } from "../../src/live/index.ts";
import type { LiveInputModel, Publisher } from "./live-inputs.ts";
import type { Network } from "./network.ts";
import type { Ways, WebhookType } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

const pushMs = 2_000;
const progressMs = 60_000;
/** From an accepted stop to the recorder's last word. */
const windDownMs = { push: 500, stopped: 2_000, uploaded: 5_000, exited: 6_000 };

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Said = Without<RecordingEvent, "uid" | "recordingSid" | "sequence" | "sentAt">;

export interface RecorderDeps {
  timeline: Timeline;
  network: Network;
  liveInputs: LiveInputModel;
  ways: Ways;
}

/** A Cloud Recording task in web-page mode, by Agora's documents. */
export class Recorder {
  readonly sid: string;
  readonly uid: number;
  state: "starting" | "recording" | "moving" | "stopping" | "ended" = "starting";
  rtmp: RtmpStatus = "connecting";
  /** Some message told the service what this recording is called: only then can it be stopped. */
  sidTold = false;
  private liveUid: number;
  private sequence = 0;
  private input: string;
  private connection: Publisher | null = null;
  private pushes = 0;
  private readonly deps: RecorderDeps;

  constructor(deps: RecorderDeps, of: { sid: string; uid: number; input: string; maxHours: number }) {
    this.deps = deps;
    this.sid = of.sid;
    this.uid = of.uid;
    this.liveUid = of.uid;
    this.input = of.input;
    deps.timeline.after(deps.ways.startSeconds * 1000, () => {
      if (this.state === "starting") this.begin();
    });
    deps.timeline.after(of.maxHours * 3_600_000, () => {
      if (this.runs) this.stop(1);
    });
  }

  /** It costs money. */
  get runs(): boolean {
    return this.state !== "ended";
  }

  /** When it last did. */
  publishedAt: number | null = null;

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

  /** @returns whether anything was recorded */
  stop(code = 0): boolean {
    const recorded = this.state === "recording";
    this.state = "stopping";
    const { timeline } = this.deps;
    timeline.after(windDownMs.push, () => this.close());
    timeline.after(windDownMs.stopped, () => this.say("stopped", ended("stopped", code)));
    if (recorded) timeline.after(windDownMs.uploaded, () => this.say("uploaded", ended("uploaded", null)));
    timeline.after(windDownMs.exited, () => {
      this.say("exited", ended("exited", 0));
      this.end();
    });
    return recorded;
  }

  die(silently: boolean): void {
    if (!this.runs) return;
    if (!silently) {
      this.say("stopped", ended("stopped", 6));
      this.say("exited", ended("exited", 1));
    }
    this.end();
  }

  move(seconds: number): void {
    if (this.state !== "recording") return;
    this.state = "moving";
    this.close();
    if (this.deps.ways.oldWorkerReports) this.say("stopped", ended("stopped", 6));
    this.deps.timeline.after(seconds * 1000, () => {
      if (this.state !== "moving") return;
      const newUid = this.liveUid + 1_000_000;
      this.say("moved", { type: "RecorderFailedOver", newUid });
      this.liveUid = newUid;
      if (this.deps.ways.countsAgain) this.sequence = 0;
      this.state = "recording";
      this.push();
    });
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

  private begin(): void {
    this.state = "recording";
    this.say("started", { type: "RecorderStarted" });
    this.say("seen", { type: "RecorderSeen", what: "upload started", isRunning: true, files: [] });
    if (this.deps.ways.reportsProgress) this.progress();
    this.push();
  }

  private progress(): void {
    this.deps.timeline.after(progressMs, () => {
      if (this.state !== "recording") return;
      this.say("seen", { type: "RecorderSeen", what: "upload progress", isRunning: true, files: [] });
      this.progress();
    });
  }

  private push(): void {
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

  private close(): void {
    const { connection } = this;
    this.connection = null;
    if (connection !== null) this.publishedAt = this.deps.timeline.now;
    if (connection !== null) this.deps.liveInputs.disconnect(this.input, connection);
  }

  private enter(status: RtmpStatus): void {
    this.rtmp = status;
    this.say("rtmp", { type: "RtmpStatusChanged", status });
  }

  private end(): void {
    this.state = "ended";
    this.pushes += 1;
    this.close();
  }

  private say(type: WebhookType, said: Said): void {
    const { network, timeline } = this.deps;
    const sequence = this.sequence++;
    const common = { uid: this.liveUid, recordingSid: this.sid, sequence, sentAt: timeline.now + sequence };
    const binds = type === "started" || type === "rtmp" || type === "moved" || type === "seen";
    network.send(type, { ...said, ...common }, () => {
      if (binds) this.sidTold = true;
    });
  }
}

function ended(cause: "stopped" | "exited" | "uploaded", code: number | null): Said {
  return { type: "RecorderEnded", cause, code, message: "", files: [] };
}
