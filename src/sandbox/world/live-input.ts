import { randomBytes } from "node:crypto";

import type { Settings } from "../settings.ts";
import { type Broadcasts, createBroadcasts } from "./broadcasts.ts";
import type { Clocks } from "./clocks.ts";
import type { CloudflareNotices, IngestError, LiveInputEventType } from "./cloudflare-notices.ts";
import type { PublisherSpan, SandboxRecord } from "./record.ts";
import type { Timers } from "./timers.ts";

/** What a client may choose (Cloudflare docs, start-stream-live). */
export interface LiveInputConfig {
  meta: Record<string, unknown>;
  enabled: boolean;
  preferLowLatency: boolean;
  deleteRecordingAfterDays: number | null;
  defaultCreator: string | null;
  recording: {
    mode: "off" | "automatic";
    timeoutSeconds: number | null;
    requireSignedURLs: boolean;
    allowedOrigins: string[] | null;
    hideLiveViewerCount: boolean;
  };
}

interface IngestStatus {
  state: "connected" | "disconnected" | "errored";
  reason: "clientDisconnect" | "badRequest" | null;
  enteredAt: number;
}

/** Whoever pushes to an input. */
export interface Publisher {
  /** The recording or converter that pushes, for the record. */
  sid: string;
  /** Cloudflare ended the connection. */
  onCut: () => void;
}

export interface Connection {
  close(): void;
}

/** One live input and who publishes to it. */
export interface LiveInput {
  readonly uid: string;
  readonly streamKey: string;
  readonly createdAt: number;
  modifiedAt: number;
  config: LiveInputConfig;
  /** Null until somebody has connected. */
  readonly status: IngestStatus | null;
  readonly publishers: number;
  /** @returns null if the connection is refused */
  connect(publisher: Publisher): Connection | null;
  /** Ends every connection, as disabling or deleting the input does. */
  cut(): void;
  /** Reports an error of the stream and ends every connection. */
  fail(error: IngestError): void;
  /** Who watches, if it was said; else all inputs have the number of the settings. */
  viewers: number | null;
  broadcasts: Broadcasts["list"];
  videos: Broadcasts["videos"];
  removeVideo: Broadcasts["remove"];
}

export interface LiveInputDeps {
  settings: Settings;
  clocks: Clocks;
  timers: Timers;
  record: SandboxRecord;
  notices: CloudflareNotices;
  /** The next `updated_at`. */
  stamp: () => string;
}

export function createLiveInput(deps: LiveInputDeps, config: LiveInputConfig): LiveInput {
  const { settings, clocks, timers, record, notices, stamp } = deps;
  const uid = randomBytes(16).toString("hex");
  const spans = new Map<PublisherSpan, Publisher>();
  let status: IngestStatus | null = null;
  const createdAt = clocks.cloudflare();
  const broadcasts = createBroadcasts(deps, {
    uid,
    name: () => (typeof input.config.meta.name === "string" ? input.config.meta.name : uid),
    timeoutSeconds: () => input.config.recording.timeoutSeconds,
    isSigned: () => input.config.recording.requireSignedURLs,
  });

  function enter(state: IngestStatus["state"], reason: IngestStatus["reason"], error?: IngestError): void {
    status = { state, reason, enteredAt: clocks.cloudflare() };
    const eventType: LiveInputEventType = `live_input.${state}`;
    const updatedAt = stamp();
    const { ingestConnectedNoticeMs, ingestDisconnectedNoticeMs } = settings.delays;
    timers.after(state === "connected" ? ingestConnectedNoticeMs : ingestDisconnectedNoticeMs, () => {
      notices.live(uid, eventType, updatedAt, error);
    });
  }

  /** @returns false if it was not connected any more */
  function end(span: PublisherSpan): boolean {
    if (!spans.delete(span)) return false;
    span.to = Date.now();
    if (spans.size === 0) broadcasts.pause();
    record.changed();
    return true;
  }

  /** Ends all connections and tells their publishers. */
  function endAll(): void {
    const ended = [...spans];
    for (const [span] of ended) end(span);
    for (const [, publisher] of ended) publisher.onCut();
  }

  const input: LiveInput = {
    uid,
    // 65 characters, the tail being the uid, as seen in real ones.
    streamKey: `${randomBytes(16).toString("hex")}k${uid}`,
    createdAt,
    modifiedAt: createdAt,
    config,
    get status() {
      return status;
    },
    get publishers() {
      return spans.size;
    },
    connect(publisher) {
      if (!input.config.enabled) return null;
      if (settings.storage.usedMinutes >= settings.storage.limitMinutes) {
        input.fail(storageExhausted);
        return null;
      }
      const span = record.addPublisher({ liveInput: uid, sid: publisher.sid, from: Date.now(), to: null });
      spans.set(span, publisher);
      if (spans.size === 1) {
        if (input.config.recording.mode === "automatic") broadcasts.begin();
        enter("connected", null);
      }
      return {
        close: () => {
          if (end(span) && spans.size === 0) enter("disconnected", "clientDisconnect");
        },
      };
    },
    cut() {
      if (spans.size === 0) return;
      endAll();
      enter("disconnected", "clientDisconnect");
    },
    fail(error) {
      endAll();
      enter("errored", "badRequest", error);
    },
    viewers: null,
    broadcasts: () => broadcasts.list(),
    videos: () => broadcasts.videos(),
    removeVideo: (uid) => broadcasts.remove(uid),
  };
  return input;
}

const storageExhausted: IngestError = {
  code: "ERR_STORAGE_QUOTA_EXHAUSTED",
  message: "Storage quota has been exhausted.",
  videoCodec: "",
  audioCodec: "",
};
