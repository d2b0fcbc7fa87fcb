import { defaultPolicy, type RecorderEnded, type RecordingEvent, type RtmpStatus } from "../../src/live/index.ts";
import type { People } from "./people.ts";
import type { WebhookType } from "./plan.ts";
import { Pusher, type PusherDeps } from "./pusher.ts";

/** The `idleTimeOut` that Tally asks for: it outlives whatever waits for a host. */
const idleMs = defaultPolicy.manualStartMs + 60_000;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Said = Without<RecordingEvent, "uid" | "recordingSid" | "sequence" | "sentAt">;

/** A Media Push converter, by Agora's documents. */
export class Converter extends Pusher {
  readonly name: string;
  /** Its name is the service's own. */
  readonly isReachable = true;
  hosts: readonly number[];
  private sequence = -1;
  private said = 0;
  private readonly people: People;

  constructor(
    deps: PusherDeps & { people: People },
    of: { sid: string; name: string; input: string; hosts: readonly number[] },
  ) {
    super(deps, of);
    this.people = deps.people;
    this.name = of.name;
    this.hosts = of.hosts;
    this.say("started", { type: "RecorderStarted", name: of.name });
    this.watchIdle(deps.timeline.now);
  }

  sidKept(): void {
    // It was reachable before.
  }

  /** @param sequence - of this update: only a greater one than the last takes effect */
  update(sequence: number, apply: () => void): void {
    if (sequence <= this.sequence) return;
    this.sequence = sequence;
    apply();
    this.say("seen", { type: "RecorderSeen", what: "converter updated", isRunning: true, files: [] });
  }

  destroy(): void {
    this.finish({ cause: "stopped", code: 0, message: "Delete Request" });
  }

  die(silently: boolean): void {
    if (!this.runs) return;
    if (silently) this.end();
    else this.finish({ cause: "exited", code: null, message: "Internal Error" });
  }

  /** Nothing is documented of what is told of it: afterwards it connects anew. */
  move(seconds: number): void {
    if (this.state !== "recording") return;
    this.state = "moving";
    this.close();
    this.deps.timeline.after(seconds * 1000, () => {
      if (this.state !== "moving") return;
      this.state = "recording";
      this.push();
    });
  }

  protected begin(): void {
    this.state = "recording";
    this.push();
  }

  protected tellStatus(status: RtmpStatus): void {
    this.say("rtmp", { type: "RtmpStatusChanged", status });
  }

  private watchIdle(since: number): void {
    const { timeline } = this.deps;
    timeline.after(10_000, () => {
      if (!this.runs) return;
      const busyAt = this.people.broadcasters().length > 0 ? timeline.now : since;
      if (timeline.now - busyAt >= idleMs) this.finish({ cause: "exited", code: null, message: "Idle Timeout" });
      else this.watchIdle(busyAt);
    });
  }

  private finish(end: Pick<RecorderEnded, "cause" | "code" | "message">): void {
    this.end();
    this.say("stopped", { type: "RecorderEnded", name: this.name, files: [], ...end });
  }

  /** Its time is told in seconds; of one second the later word is the greater one here, so that none is ambiguous. */
  private say(type: WebhookType, said: Said): void {
    const { network, timeline } = this.deps;
    const order = { sequence: this.said++, sentAt: timeline.now };
    network.send(type, { ...said, uid: null, recordingSid: this.sid, ...order } as RecordingEvent);
  }
}
