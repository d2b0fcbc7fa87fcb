import type { Providers } from "../../src/engine/effects/performance.ts";
import type {
  CloudRecording,
  ConverterState,
  CreateConverter,
  LiveInput,
  LiveInputs,
  MediaPush,
  Videos,
} from "../../src/providers/index.ts";
import { RtmpUrl, StorageGrant } from "../../src/providers/index.ts";
import { Converter } from "./converter.ts";
import type { LiveInputModel, ModelInput } from "./live-inputs.ts";
import type { Network } from "./network.ts";
import type { People } from "./people.ts";
import type { CallTrouble, Operation, Plan, Ways } from "./plan.ts";
import type { Pusher } from "./pusher.ts";
import { Recorder } from "./recorder.ts";
import type { Timeline } from "./timeline.ts";

const roundTripMs = 200;
/** As the transport's. */
const timeoutMs = 8_000;
/** Agora docs: acquire. */
const resourceLifeMs = 300_000;
/** Of the keys for the storage; short, so that they are renewed within an evening. */
const keysLifeMs = 20 * 60_000;

interface Resource {
  id: string;
  uid: number;
  acquiredAt: number;
  recorder: Recorder | null;
}

/** How a call failed, before it is put into the words of its operation. */
interface Failure {
  kind: "refused" | "full" | "unanswered";
  retryAfterMs: number | null;
}

/** Who makes a call: a process, which may die while it waits for the answer. */
export interface Caller {
  /** The call is on its way; false if that was the process's last step. */
  sends: (operation: Operation) => boolean;
  /** The answer is here; false if there is nobody any more, or that was its last step. */
  hears: () => boolean;
}

/** Both providers as the documents tell them, and the trouble that the plan has for calls. */
export class ProviderModel {
  /** Recorders and converters, in the order of their starts. */
  readonly recorders: Pusher[] = [];
  /** Told of a call's trouble when it happens. */
  onTrouble: (operation: Operation, trouble: CallTrouble) => void = () => undefined;
  private readonly resources = new Map<string, Resource>();
  private readonly calls = new Map<Operation, number>();
  private readonly trouble = new Map<string, CallTrouble>();
  private readonly timeline: Timeline;
  private readonly network: Network;
  private readonly people: People;
  private readonly liveInputs: LiveInputModel;
  private readonly ways: Ways;

  constructor(
    parts: { timeline: Timeline; network: Network; people: People; liveInputs: LiveInputModel },
    { ways, trouble }: Plan,
  ) {
    this.timeline = parts.timeline;
    this.network = parts.network;
    this.people = parts.people;
    this.liveInputs = parts.liveInputs;
    this.ways = ways;
    for (const each of trouble) {
      if (each.kind === "call") this.trouble.set(`${each.operation}:${each.nth}`, each.trouble);
    }
  }

  /** The clients that effects use, for one attempt of one process. */
  clientsOf(caller: Caller): Providers {
    return {
      cloudRecording: this.cloudRecording(caller),
      mediaPush: this.mediaPush(caller),
      liveInputs: this.liveInputClient(caller),
      videos: this.videosClient(caller),
      delivery: {
        look: ({ liveInput }) =>
          this.call(
            caller,
            "look",
            () => ({ ok: true, playable: this.liveInputs.isPlayable(liveInput) }),
            (failure) => ({ ok: false, ...errorOf("cloudflare", "lifecycle", failure) }),
          ),
      },
      storage: { grant: () => Promise.resolve({ ok: true, grant: grantUntil(this.timeline.now + keysLifeMs) }) },
      channels: {
        list: () => Promise.reject(new Error("no effect asks for the list")),
        users: () =>
          this.call(
            caller,
            "users",
            () => ({
              ok: true,
              channelExists: !this.people.isEmpty,
              communication: false,
              broadcasters: this.people.broadcasters(),
              audienceTotal: 0,
            }),
            (failure) => ({ ok: false, ...errorOf("agora", "channel_users", failure) }),
          ),
      },
    };
  }

  private cloudRecording(caller: Caller): CloudRecording {
    return {
      acquire: ({ uid }) =>
        this.call(
          caller,
          "acquire",
          () => {
            const id = `res-${this.resources.size + 1}`;
            this.resources.set(id, { id, uid, acquiredAt: this.timeline.now, recorder: null });
            return { ok: true, resourceId: id };
          },
          (failure) => ({ ok: false, disposition: startDisposition(failure), ...errorOf("agora", "acquire", failure) }),
        ),
      start: (input) =>
        this.call(
          caller,
          "start",
          () => this.start(input.resourceId, input.uid, input.rtmpUrl, input.maxRecordingHour),
          (failure) => ({
            ok: false,
            disposition: startDisposition(failure),
            mayRun: failure.kind === "unanswered",
            ...errorOf("agora", "start", failure),
          }),
        ),
      query: ({ recordingSid }) =>
        this.call(
          caller,
          "query",
          () => {
            const recorder = this.recorder(recordingSid);
            if (recorder?.isFound !== true) return { ok: true, found: "not_found", rtmp: null };
            const exits = recorder.state === "stopping";
            return { ok: true, found: exits ? "exited" : "running", rtmp: recorder.rtmp };
          },
          (failure) => ({ ok: false, ...errorOf("agora", "query", failure) }),
        ),
      updateRtmp: ({ recordingSid, rtmpUrl }) =>
        this.call(
          caller,
          "update",
          () => {
            const recorder = this.recorder(recordingSid);
            if (recorder?.isFound !== true) return { ok: false, ...refusal("update", 404, 404) };
            recorder.repoint(inputOf(rtmpUrl));
            return { ok: true };
          },
          (failure) => ({ ok: false, ...errorOf("agora", "update", failure) }),
        ),
      updateStorage: ({ recordingSid }) =>
        this.call(
          caller,
          "update",
          () =>
            this.bySid(recordingSid)?.isFound === true ? { ok: true } : { ok: false, ...refusal("update", 404, 404) },
          (failure) => ({ ok: false, ...errorOf("agora", "update", failure) }),
        ),
      stop: ({ recordingSid }) =>
        this.call(
          caller,
          "stop",
          () => {
            const recorder = this.recorder(recordingSid);
            if (recorder?.isFound !== true) {
              return { ok: true, outcome: "not_found", error: refusal("stop", 404, 404).error };
            }
            if (recorder.state === "stopping") return { ok: true, outcome: "already_stopped" };
            return { ok: true, outcome: recorder.stop() ? "accepted" : "already_stopped" };
          },
          (failure) => ({ ok: false, ...errorOf("agora", "stop", failure) }),
        ),
      reservePair: () => Promise.resolve({ acquire: slot, start: slot }),
    };
  }

  private mediaPush(caller: Caller): MediaPush {
    const operation = "converter";
    const create = (input: CreateConverter): Awaited<ReturnType<MediaPush["create"]>> => {
      const { name, rtmpUrl, hosts } = input;
      if (this.byName(name) !== null) return { ok: false, disposition: "exists", ...refusal(operation, 409, 0) };
      const converterId = `converter-${this.recorders.length + 1}`;
      const { timeline, network, liveInputs, people, ways } = this;
      const parts = { timeline, network, liveInputs, people, ways };
      this.recorders.push(new Converter(parts, { sid: converterId, name, input: inputOf(rtmpUrl), hosts }));
      return { ok: true, converterId, state: "connecting" };
    };
    const update = (converterId: string, sequence: number, apply: (converter: Converter) => void) => {
      const converter = this.converter(converterId);
      if (converter === null) return { ok: false as const, ...refusal(operation, 404, 0) };
      converter.update(sequence, () => apply(converter));
      return { ok: true as const };
    };
    return {
      create: (input) =>
        this.call(
          caller,
          "createConverter",
          () => create(input),
          (failure) => {
            const { kind } = failure;
            const disposition = kind === "full" ? "capacity" : "retry";
            return { ok: false, disposition, mayRun: kind === "unanswered", ...errorOf("agora", operation, failure) };
          },
        ),
      get: (converterId) =>
        this.call(
          caller,
          "getConverter",
          () => {
            const converter = this.converter(converterId);
            if (converter === null) return { ok: true, found: "not_found" };
            return { ok: true, found: "exists", state: stateOf(converter) };
          },
          (failure) => ({ ok: false, ...errorOf("agora", operation, failure) }),
        ),
      find: (_channel, name) =>
        this.call(
          caller,
          "findConverter",
          () => {
            const converter = this.byName(name);
            const found = converter && { converterId: converter.sid, name, state: stateOf(converter) };
            return { ok: true, converter: found };
          },
          (failure) => ({ ok: false, ...errorOf("agora", operation, failure) }),
        ),
      updateRtmp: ({ converterId, sequence, rtmpUrl }) =>
        this.call(
          caller,
          "updateConverter",
          () => update(converterId, sequence, (converter) => converter.repoint(inputOf(rtmpUrl))),
          (failure) => ({ ok: false, ...errorOf("agora", operation, failure) }),
        ),
      arrange: ({ converterId, sequence, hosts }) =>
        this.call(
          caller,
          "updateConverter",
          () => update(converterId, sequence, (converter) => (converter.hosts = hosts)),
          (failure) => ({ ok: false, ...errorOf("agora", operation, failure) }),
        ),
      remove: (converterId) =>
        this.call(
          caller,
          "removeConverter",
          () => {
            const converter = this.converter(converterId);
            if (converter === null) return { ok: true, outcome: "not_found", ...refusal(operation, 404, 0) };
            converter.destroy();
            return { ok: true, outcome: "accepted" };
          },
          (failure) => ({ ok: false, ...errorOf("agora", operation, failure) }),
        ),
    };
  }

  private converter(sid: string): Converter | null {
    const found = this.bySid(sid);
    return found instanceof Converter && found.isFound ? found : null;
  }

  /** One that moves is listed still. */
  private byName(name: string): Converter | null {
    const named = this.recorders.find((each) => each instanceof Converter && each.name === name && each.runs);
    return named instanceof Converter ? named : null;
  }

  private start(
    resourceId: string,
    uid: number,
    rtmpUrl: RtmpUrl,
    maxHours: number,
  ): Awaited<ReturnType<CloudRecording["start"]>> {
    const resource = this.resources.get(resourceId);
    const tells = ({ sid }: Recorder): string | null => (this.ways.refusalTellsSid ? sid : null);
    if (resource === undefined) {
      return { ok: false, disposition: "reacquire", mayRun: false, ...refusal("start", 400, 1001) };
    }
    if (resource.recorder?.runs === true) {
      const recordingSid = tells(resource.recorder);
      return { ok: false, disposition: "adopt", which: "this_resource", recordingSid, ...refusal("start", 201, 7) };
    }
    const isSpent = resource.recorder !== null || this.timeline.now - resource.acquiredAt > resourceLifeMs;
    if (isSpent) return { ok: false, disposition: "reacquire", mayRun: false, ...refusal("start", 400, 433) };
    const other = this.recorders.find(
      (recorder): recorder is Recorder => recorder instanceof Recorder && recorder.uid === uid && recorder.runs,
    );
    if (other !== undefined) {
      const recordingSid = tells(other);
      return { ok: false, disposition: "adopt", which: "same_uid", recordingSid, ...refusal("start", 400, 53) };
    }
    const sid = `sid-${this.recorders.length + 1}`;
    const recorder = new Recorder(
      { timeline: this.timeline, network: this.network, liveInputs: this.liveInputs, ways: this.ways },
      { sid, uid, input: inputOf(rtmpUrl), maxHours },
    );
    resource.recorder = recorder;
    this.recorders.push(recorder);
    return { ok: true, recordingSid: sid };
  }

  private videosClient(caller: Caller): Videos {
    return {
      ofLiveInput: (uid) =>
        this.call(
          caller,
          "listVideos",
          () => {
            const input = this.liveInputs.get(uid);
            return input === null ? gone("list_videos") : { ok: true, videos: this.liveInputs.videos(input) };
          },
          (failure) => failed("list_videos", failure),
        ),
      remove: () => Promise.reject(new Error("no video is old enough in one evening")),
    };
  }

  private liveInputClient(caller: Caller): LiveInputs {
    return {
      findByChannel: () =>
        this.call(
          caller,
          "findLiveInput",
          () => ({ ok: true, uid: this.liveInputs.inputs[0]?.uid ?? null }),
          (failure) => failed("list_live_inputs", failure),
        ),
      create: () =>
        this.call(
          caller,
          "createLiveInput",
          () => ({ ok: true, liveInput: described(this.liveInputs.create()) }),
          (failure) => failed("create_live_input", failure),
        ),
      get: (uid) =>
        this.call(
          caller,
          "getLiveInput",
          () => {
            const input = this.liveInputs.get(uid);
            return input === null ? gone("get_live_input") : { ok: true, liveInput: described(input) };
          },
          (failure) => failed("get_live_input", failure),
        ),
      configure: () => Promise.reject(new Error("every live input is as configured")),
      setEnabled: (uid, enabled) =>
        this.call(
          caller,
          "enableLiveInput",
          () => {
            const input = this.liveInputs.get(uid);
            if (input === null) return gone("set_enabled");
            this.liveInputs.setEnabled(input, enabled);
            return { ok: true };
          },
          (failure) => failed("set_enabled", failure),
        ),
    };
  }

  /** One call through the network. An answer tells what it tells only when it arrives. */
  private call<T>(
    caller: Caller,
    operation: Operation,
    execute: () => NoInfer<T>,
    fail: (failure: Failure) => NoInfer<T>,
  ): Promise<T> {
    return new Promise((resolve) => {
      if (!caller.sends(operation)) return;
      const answer = (result: T): void => {
        if (!caller.hears()) return;
        if (operation === "users") this.people.told();
        this.timeline.awaits();
        resolve(result);
      };
      const unanswered = (): void => answer(fail({ kind: "unanswered", retryAfterMs: null }));
      const nth = (this.calls.get(operation) ?? 0) + 1;
      this.calls.set(operation, nth);
      const trouble = this.trouble.get(`${operation}:${nth}`);
      if (trouble !== undefined) this.onTrouble(operation, trouble);
      switch (trouble?.how) {
        case undefined:
          this.timeline.after(roundTripMs / 2, () => {
            const result = execute();
            this.timeline.after(roundTripMs / 2, () => answer(result));
          });
          return;
        case "refused":
        case "full": {
          const kind = trouble.how;
          this.timeline.after(roundTripMs, () => answer(fail({ kind, retryAfterMs: null })));
          return;
        }
        case "rate_limited":
          this.timeline.after(roundTripMs, () => answer(fail({ kind: "refused", retryAfterMs: 5_000 })));
          return;
        case "hangs":
          this.timeline.after(timeoutMs, unanswered);
          return;
        case "answer_lost":
          this.timeline.after(roundTripMs / 2, execute);
          this.timeline.after(timeoutMs, unanswered);
          return;
        case "slow":
          this.timeline.after(roundTripMs / 2, () => {
            const result = execute();
            this.timeline.after(trouble.seconds * 1000, () => answer(result));
          });
          return;
        case "late": {
          const lateMs = trouble.seconds * 1000;
          if (lateMs >= timeoutMs) {
            this.timeline.after(lateMs, execute);
            this.timeline.after(timeoutMs, unanswered);
          } else this.timeline.after(lateMs, () => answer(execute()));
        }
      }
    });
  }

  /** A recording's id is in the service's log: from then on it can be stopped. */
  sidKept(sid: string): void {
    this.bySid(sid)?.sidKept();
  }

  private recorder(sid: string): Recorder | null {
    const found = this.bySid(sid);
    return found instanceof Recorder ? found : null;
  }

  private bySid(sid: string): Pusher | null {
    return this.recorders.find((recorder) => recorder.sid === sid) ?? null;
  }
}

function stateOf({ rtmp }: Converter): ConverterState {
  return rtmp === "publishing" ? "running" : rtmp === "disconnected" ? "failed" : "connecting";
}

function startDisposition({ kind }: Failure): "retry" | "reacquire" | "capacity" {
  return kind === "full" ? "capacity" : kind === "refused" ? "reacquire" : "retry";
}

function errorOf(provider: "agora" | "cloudflare", operation: string, { kind, retryAfterMs }: Failure) {
  const status = kind === "unanswered" ? null : retryAfterMs === null ? 500 : 429;
  return { retryAfterMs, error: { provider, operation, status, code: null, message: kind } };
}

function refusal(operation: string, status: number, code: number) {
  return { retryAfterMs: null, error: { provider: "agora" as const, operation, status, code, message: "" } };
}

function cloudflareRefusal(operation: string, status: number) {
  const error = { provider: "cloudflare" as const, operation, status, code: null, message: "" };
  return { ok: false as const, retryAfterMs: null, error };
}

function gone(operation: string) {
  return { ...cloudflareRefusal(operation, 404), final: true, notFound: true };
}

function failed(operation: string, failure: Failure) {
  return { ...errorOf("cloudflare", operation, failure), ok: false as const, final: false, notFound: false };
}

function grantUntil(until: number): StorageGrant {
  const keys = { accessKey: "", secretKey: "", stsToken: "", stsExpiration: Math.floor(until / 1000) };
  return new StorageGrant({ vendor: 1, region: 0, bucket: "evening", ...keys, fileNamePrefix: [] });
}

const slot = { ready: () => Promise.resolve() };
const rtmpBase = "rtmps://live.cloudflare.com:443/live/";

function described({ uid, enabled, state }: ModelInput): LiveInput {
  return {
    uid,
    enabled,
    state,
    rtmpUrl: new RtmpUrl(rtmpBase + uid),
    playbackBase: "https://customer-evening.cloudflarestream.com",
    signed: null,
    isAsConfigured: true,
  };
}

function inputOf(rtmpUrl: RtmpUrl): string {
  return rtmpUrl.reveal().slice(rtmpBase.length);
}
