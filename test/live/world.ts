import type { Effect, LiveEvent, RelayStartFailed } from "../../src/live/index.ts";
import { Story } from "./story.ts";
import { agoraError, hostUid, liveInput, startFailed } from "./words.ts";

/** Of the keys for the storage; short, so that they are renewed within an evening. */
const keysLifeMs = 20 * 60_000;

/** One thing that happens in a random evening. */
export type Happening =
  | { kind: "join" | "leave" | "audience" | "destroy"; uid: number }
  | { kind: "pass"; seconds: number }
  | { kind: "answer"; how: "success" | "failure" | "lost" | "refusal" }
  | { kind: "deliver"; index: number; again: boolean }
  | { kind: "crash" | "disconnect" | "reconnect" }
  | { kind: "operator"; what: "StartRequested" | "StopRequested" | "HoldReleased" | "CheckRequested" };

interface Running {
  resourceId: string;
  recordingSid: string;
  uid: number;
  sequence: number;
}

/** Two providers just real enough for random evenings: they do what they are told, and their webhooks wait in a bag. */
export class World {
  readonly story: Story;
  private readonly unanswered: Effect[] = [];
  private bag: LiveEvent[] = [];
  private readonly running = new Map<string, Running>();
  /** A resource can be started once. */
  private readonly started = new Set<string>();
  private seq = 0;
  private made = 0;

  constructor(story = new Story()) {
    this.story = story;
  }

  happens(happening: Happening): void {
    this.collect();
    switch (happening.kind) {
      case "join":
      case "leave":
      case "audience":
        this.bag.push(this.presence(happening.kind, happening.uid));
        break;
      case "destroy":
        this.bag.push({ type: "ChannelDestroyed", ts: this.agoraSeconds() });
        break;
      case "pass":
        this.story.passes(happening.seconds);
        break;
      case "answer":
        this.answerNext(happening.how);
        break;
      case "deliver":
        this.deliver(happening.index, happening.again);
        break;
      case "crash":
        this.end([...this.running.values()][0], 6);
        break;
      case "disconnect":
        this.bag.push(this.ingest("IngestDisconnected"));
        break;
      case "reconnect":
        this.bag.push(this.ingest("IngestConnected"));
        break;
      case "operator":
        this.story.hears({ type: happening.what });
        break;
    }
    this.collect();
  }

  /** From here on everything arrives and every call succeeds, until nothing is left to do. */
  settles(hours = 14): void {
    for (let minute = 0; minute < hours * 60; minute += 1) {
      this.collect();
      while (this.bag.length > 0 || this.unanswered.length > 0) {
        if (this.bag.length > 0) this.deliver(0, false);
        else this.answerNext("success");
        this.collect();
      }
      this.story.passes(60);
    }
  }

  /** Everybody leaves and the channel ends. */
  everybodyLeaves(uids: readonly number[]): void {
    for (const uid of uids) this.bag.push(this.presence("leave", uid));
  }

  get runningNow(): number {
    return this.running.size;
  }

  private collect(): void {
    this.unanswered.push(...this.story.wantedEffects());
  }

  private deliver(index: number, again: boolean): void {
    const at = this.bag.length === 0 ? -1 : index % this.bag.length;
    const event = this.bag[at];
    if (event === undefined) return;
    if (!again) this.bag.splice(at, 1);
    this.story.hears(event);
  }

  private presence(kind: "join" | "leave" | "audience", uid: number): LiveEvent {
    this.seq += 1;
    const common = { uid, seq: this.seq, ts: this.agoraSeconds(), clientType: null };
    if (kind === "audience") return { type: "AudienceSeen", ...common };
    if (kind === "join") return { type: "HostJoined", ...common, communication: false };
    return { type: "HostLeft", ...common, communication: false, reason: 1 };
  }

  private ingest(type: "IngestConnected" | "IngestDisconnected"): LiveEvent {
    this.seq += 1;
    const updatedAt = new Date(this.story.now).toISOString().replace("Z", `${String(this.seq).padStart(6, "0")}Z`);
    return { type, liveInput, updatedAt };
  }

  private agoraSeconds(): number {
    return Math.floor(this.story.now / 1000);
  }

  private end(recorder: Running | undefined, code: number): void {
    if (recorder === undefined) return;
    this.running.delete(recorder.resourceId);
    this.bag.push({ type: "RecorderEnded", ...this.stamp(recorder), cause: "stopped", code, message: "", files: [] });
  }

  private stamp(recorder: Running): { uid: number; recordingSid: string; sequence: number; sentAt: number } {
    recorder.sequence += 1;
    const { uid, recordingSid, sequence } = recorder;
    return { uid, recordingSid, sequence, sentAt: this.story.now };
  }

  private answerNext(how: "success" | "failure" | "lost" | "refusal"): void {
    const effect = this.unanswered.shift();
    if (effect !== undefined) this.answer(effect, how);
  }

  private answer(effect: Effect, how: "success" | "failure" | "lost" | "refusal"): void {
    const failure = agoraError(504, 62, "request timeout", effect.type);
    const ok = how === "success";
    switch (effect.type) {
      case "EnsureLiveInput": {
        if (ok) this.story.hears({ type: "LiveInputReady", liveInput, playbackBase: "https://playback" });
        else this.story.hears({ ...effect, type: "LiveInputFailed", final: false, retryAfterMs: null, error: failure });
        return;
      }
      case "DisableLiveInput":
        if (ok) this.story.hears({ type: "LiveInputSwitched", liveInput, enabled: false });
        else this.story.hears({ type: "LiveInputDisableFailed", round: effect.round, error: failure });
        return;
      case "StartRelay": {
        this.start(effect, how);
        return;
      }
      case "StopRecorder": {
        const { resourceId, round } = effect;
        const recorder = this.running.get(resourceId);
        if (how !== "failure" && how !== "refusal") this.end(recorder, 0);
        if (ok && recorder === undefined) this.story.hears({ type: "RecorderStopConfirmed", resourceId, round });
        else if (ok) this.story.hears({ type: "RecorderStopAccepted", resourceId, round });
        else {
          const notFound = how === "refusal";
          this.story.hears({
            type: "RecorderStopFailed",
            resourceId,
            round,
            notFound,
            retryAfterMs: null,
            error: failure,
          });
        }
        return;
      }
      case "RepointRecorder": {
        const { resourceId, round } = effect;
        if (ok) this.story.hears({ type: "RepointAccepted", resourceId, round });
        else this.story.hears({ type: "RepointFailed", resourceId, round, error: failure });
        return;
      }
      case "ArrangeHosts": {
        const { resourceId, round } = effect;
        if (ok) this.story.hears({ type: "LayoutAccepted", resourceId, round });
        else this.story.hears({ type: "LayoutFailed", resourceId, round, error: failure });
        return;
      }
      case "RenewStorage": {
        const { resourceId, round } = effect;
        if (ok) this.story.hears({ type: "StorageRenewed", resourceId, round, until: this.story.now + keysLifeMs });
        else {
          this.story.hears({ type: "StorageRenewalFailed", resourceId, round, retryAfterMs: null, error: failure });
        }
        return;
      }
      case "CheckPresence": {
        const { check } = effect;
        const broadcasters = this.story.state.host.present ? [hostUid] : [];
        if (!ok) this.story.hears({ type: "CheckFailed", check, error: failure });
        else {
          const rest = { channelExists: true, communication: false, audienceTotal: 0 };
          this.story.hears({ type: "PresenceChecked", check, broadcasters, ...rest });
        }
        return;
      }
      case "CheckRecorder": {
        const { check, resourceId } = effect;
        const found = this.running.has(resourceId) ? ("running" as const) : ("not_found" as const);
        if (ok) this.story.hears({ type: "RecorderChecked", check, resourceId, found, rtmp: null });
        else this.story.hears({ type: "CheckFailed", check, error: failure });
        return;
      }
      case "CheckIngest": {
        const { check } = effect;
        if (ok) this.story.hears({ type: "IngestChecked", check, liveInput, state: "connected" });
        else this.story.hears({ type: "CheckFailed", check, error: failure });
        return;
      }
      case "CheckPlayback": {
        const { check } = effect;
        const playable = ok ? true : how === "refusal" ? false : null;
        if (how === "failure") this.story.hears({ type: "CheckFailed", check, error: failure });
        else this.story.hears({ type: "PlaybackChecked", check, playable });
        return;
      }
      case "CheckVideo": {
        const { session, round } = effect;
        if (ok) this.story.hears({ type: "VideosListed", session, round, videos: [] });
        else {
          const refused = { notFound: how === "refusal", retryAfterMs: null, error: failure };
          this.story.hears({ type: "VideoCheckFailed", session, round, ...refused });
        }
        return;
      }
      case "DeleteVideo":
        throw new Error("no video is too old in a story");
    }
  }

  private start(
    effect: Extract<Effect, { type: "StartRelay" }>,
    how: "success" | "failure" | "lost" | "refusal",
  ): void {
    const { session, attempt, uid } = effect;
    const failed = (options: Partial<RelayStartFailed>): void => {
      this.story.hears(startFailed({ session, attempt, uid, ...options }));
    };
    const { relay, session: current } = this.story.state;
    if (relay?.attempt !== attempt || current?.number !== session) return; // not wanted any more: no call is made
    if (how === "refusal") {
      failed({ disposition: "final" });
      return;
    }
    this.made += 1;
    const resourceId = effect.resourceId ?? `res-${this.made}`;
    const storageUntil = this.story.now + keysLifeMs;
    this.story.hears({ type: "RecorderAcquired", session, attempt, uid, resourceId, storageUntil });
    if (how === "failure") {
      failed({ resourceId, disposition: "reacquire" });
      return;
    }

    const isOver = this.started.has(resourceId) && !this.running.has(resourceId);
    if (isOver) {
      failed({ resourceId, disposition: "reacquire" });
      return;
    }
    this.started.add(resourceId);
    const recorder = this.running.get(resourceId) ?? { resourceId, recordingSid: `sid-${this.made}`, uid, sequence: 0 };
    this.running.set(resourceId, recorder);
    this.bag.push({ type: "RecorderStarted", ...this.stamp(recorder) });
    this.bag.push({ type: "RtmpStatusChanged", ...this.stamp(recorder), status: "publishing" });
    this.bag.push(this.ingest("IngestConnected"));
    if (how === "lost") {
      failed({ resourceId, disposition: "retry", mayRun: true });
      return;
    }
    this.story.hears({ type: "RecorderStartAccepted", resourceId, recordingSid: recorder.recordingSid });
  }
}
