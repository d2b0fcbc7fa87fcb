import type { RecordingEvent, RtmpStatus } from "../../src/live/index.ts";
import type { WebhookType } from "./plan.ts";
import { Pusher, type PusherDeps } from "./pusher.ts";

const progressMs = 60_000;
/** From an accepted stop to the recorder's last word. */
const windDownMs = { push: 500, stopped: 2_000, uploaded: 5_000, exited: 6_000 };

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Said = Without<RecordingEvent, "uid" | "recordingSid" | "sequence" | "sentAt">;

/** A Cloud Recording task in web-page mode, by Agora's documents. */
export class Recorder extends Pusher {
  readonly uid: number;
  readonly hosts = null;
  /** Some message told the service what this recording is called. */
  private sidTold = false;
  private liveUid: number;
  private sequence = 0;

  constructor(deps: PusherDeps, of: { sid: string; uid: number; input: string; maxHours: number }) {
    super(deps, of);
    this.uid = of.uid;
    this.liveUid = of.uid;
    deps.timeline.after(of.maxHours * 3_600_000, () => {
      if (this.runs) this.stop(1);
    });
  }

  get isReachable(): boolean {
    return this.sidTold;
  }

  sidKept(): void {
    this.sidTold = true;
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

  protected begin(): void {
    this.state = "recording";
    this.say("started", { type: "RecorderStarted" });
    this.say("seen", { type: "RecorderSeen", what: "upload started", isRunning: true, files: [] });
    if (this.deps.ways.reportsProgress) this.progress();
    this.push();
  }

  protected tellStatus(status: RtmpStatus): void {
    this.say("rtmp", { type: "RtmpStatusChanged", status });
  }

  private progress(): void {
    this.deps.timeline.after(progressMs, () => {
      if (this.state !== "recording") return;
      this.say("seen", { type: "RecorderSeen", what: "upload progress", isRunning: true, files: [] });
      this.progress();
    });
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
