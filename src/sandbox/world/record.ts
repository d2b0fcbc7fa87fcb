/** One call of an imitated API, as it was seen here. Times are milliseconds since 1970. */
interface CallEntry {
  id: number;
  operation: string;
  method: string;
  path: string;
  at: number;
  /** How long the answer took; null while there is none. */
  ms: number | null;
  /** HTTP status; `hung` and `dropped` are planned faults; null while it is being worked on. */
  status: number | "hung" | "dropped" | null;
  /** Bodies with secrets masked. */
  request: unknown;
  response: unknown;
  /** Whether a planned fault took part. */
  planned: boolean;
}

export interface WebhookAttempt {
  at: number;
  ms: number;
  /** HTTP status, or null when no answer came. */
  status: number | null;
  /** Why the attempt does not count as delivered. */
  error: string | null;
}

type WebhookKind = "agora" | "cloudflare-live" | "cloudflare-video";

/** One webhook with all its attempts. */
export interface WebhookEntry {
  id: number;
  kind: WebhookKind;
  /** NCS product: 1 RTC channel, 3 Cloud Recording, 5 Media Push; null for Cloudflare. */
  product: number | null;
  /** Agora's number, Cloudflare's `live_input.…`, or the video's state. */
  eventType: number | string;
  /** Channel name for Agora, the live input's uid for Cloudflare. */
  about: string;
  at: number;
  /** As it was when it came up, with secrets masked: what a provider writes anew for every attempt differs. */
  body: unknown;
  outcome: "pending" | "delivered" | "failed" | "lost" | "no_target";
  fault: "lose" | "duplicate" | "delay" | "reorder" | null;
  attempts: WebhookAttempt[];
}

export interface RecorderEntry {
  resourceId: string;
  sid: string;
  cname: string;
  uid: string;
  /** Another one than `uid` after a failover. */
  liveUid: number;
  state: "starting" | "recording" | "migrating" | "stopping" | "ended";
  /** When `start` was accepted: from here it costs money. */
  startedAt: number;
  recordingAt: number | null;
  stopRequestedAt: number | null;
  endedAt: number | null;
  /** `stopped`, or Agora's word for why event 71 came (`max_recording_hour`, `recorder_error`, …). */
  endCause: string | null;
  /** With what kind of credentials it uploads, from when on. Values are not kept. */
  storage: { at: number; vendor: number; credentials: "permanent" | "temporary"; expiresAt: number | null }[];
}

export interface ConverterEntry {
  id: string;
  /** Empty if it has none. */
  name: string;
  channel: string;
  region: string;
  /** By which quota it counts. */
  size: "sd" | "hd" | "fhd";
  /** With its stream key masked. */
  rtmpUrl: string;
  state: "connecting" | "running" | "failed" | "migrating" | "destroyed";
  /** When `create` was accepted: from here it costs money. */
  createdAt: number;
  /** Null while it is not running. */
  runningSince: number | null;
  destroyedAt: number | null;
  destroyReason: "Delete Request" | "Idle Timeout" | "Internal Error" | null;
  states: { state: ConverterEntry["state"]; at: number }[];
  /** Whose picture was shown from when on; `all` are the channel's hosts. */
  shown: { at: number; uids: number[] | "all" }[];
  updates: { at: number; sequence: number; applied: boolean; fields: string }[];
}

/** One publisher connected to one live input. */
export interface PublisherSpan {
  liveInput: string;
  /** The recording's sid or the converter's id. */
  sid: string;
  from: number;
  to: number | null;
}

/** What happened, in the order of its beginning. The oldest entries of a list go when it has `maxEntries`. */
export interface RecordEntries {
  calls: CallEntry[];
  webhooks: WebhookEntry[];
  recorders: RecorderEntry[];
  converters: ConverterEntry[];
  publishers: PublisherSpan[];
}

/** The sandbox's own record of what really happened, to hold Tally's account against. */
export interface SandboxRecord {
  readonly entries: RecordEntries;
  addCall(entry: Omit<CallEntry, "id">): CallEntry;
  addWebhook(entry: Omit<WebhookEntry, "id">): WebhookEntry;
  addRecorder(entry: RecorderEntry): RecorderEntry;
  addConverter(entry: ConverterEntry): ConverterEntry;
  addPublisher(entry: PublisherSpan): PublisherSpan;
  /** To be called after changing an entry: whoever waits looks again. */
  changed(): void;
  /**
   * Resolves as soon as `holds` does; it is looked at now and after every change.
   *
   * @param what - names the condition in the error
   * @throws if it does not hold after `timeoutMs` real milliseconds
   */
  until(what: string, holds: (entries: RecordEntries) => boolean, timeoutMs: number): Promise<void>;
}

/** A day of a busy test at most; the sandbox is no archive. */
const maxEntries = 50_000;

export function createRecord(): SandboxRecord {
  const entries: RecordEntries = { calls: [], webhooks: [], recorders: [], converters: [], publishers: [] };
  const watchers = new Set<() => void>();
  let lastId = 0;

  function changed(): void {
    for (const look of [...watchers]) look();
  }

  function add<T>(list: T[], entry: T): T {
    list.push(entry);
    if (list.length > maxEntries) list.shift();
    changed();
    return entry;
  }

  return {
    entries,
    addCall: (entry) => add(entries.calls, { id: ++lastId, ...entry }),
    addWebhook: (entry) => add(entries.webhooks, { id: ++lastId, ...entry }),
    addRecorder: (entry) => add(entries.recorders, entry),
    addConverter: (entry) => add(entries.converters, entry),
    addPublisher: (entry) => add(entries.publishers, entry),
    changed,
    until(what, holds, timeoutMs) {
      if (holds(entries)) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          clearTimeout(timer);
          watchers.delete(look);
          settle();
        };
        const look = () => {
          try {
            if (holds(entries)) finish(resolve);
          } catch (error) {
            finish(() => reject(error instanceof Error ? error : new Error(String(error))));
          }
        };
        const timer = setTimeout(() => {
          finish(() => reject(new Error(`after ${timeoutMs} ms still waiting for: ${what}`)));
        }, timeoutMs);
        watchers.add(look);
      });
    },
  };
}
