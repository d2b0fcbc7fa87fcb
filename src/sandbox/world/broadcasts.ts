import { randomBytes } from "node:crypto";

import { deliveryBase, type Settings } from "../settings.ts";
import type { Clocks } from "./clocks.ts";
import type { CloudflareNotices } from "./cloudflare-notices.ts";
import { microseconds } from "./stamps.ts";
import type { Timers } from "./timers.ts";

/** One broadcast as viewers find it. */
export interface Broadcast {
  readonly uid: string;
  /** It can be watched, or could. */
  readonly wasPlayable: boolean;
  /** For how long it was published, in real milliseconds. */
  readonly publishedMs: number;
  /** Its hold has ended: the next picture begins another. */
  readonly isOver: boolean;
  /** Its recording can be watched. */
  readonly isReady: boolean;
  /** It plays with a signed token only. */
  readonly isSigned: boolean;
}

/** The broadcasts of one live input, each of which becomes a video. */
export interface Broadcasts {
  /** A publisher connected: continues the broadcast if its hold lasts, else begins one. */
  begin(): void;
  /** The last publisher has gone: the hold begins, and at its end the broadcast is over. */
  pause(): void;
  /** Newest first. */
  list(): Broadcast[];
  /** Newest first, as video objects (Cloudflare docs, stream-live/replay-recordings). */
  videos(): object[];
  /** @returns false if there is none, or it is on */
  remove(uid: string): boolean;
}

interface Kept {
  uid: string;
  name: string;
  createdAt: number;
  /** When the last publisher went. */
  endedAt: number | null;
  ready: boolean;
  /** It could not be made. */
  failed: boolean;
  /** Once it is over; until then as its input. */
  signed: boolean;
  wasPlayable: boolean;
  /** Of earlier spans; the present one began at `publishedSince`, real ms. */
  publishedMs: number;
  publishedSince: number | null;
}

/** @param input - read when needed: an update changes the hold of later pauses */
export function createBroadcasts(
  deps: { settings: Settings; clocks: Clocks; timers: Timers; notices: CloudflareNotices },
  input: { uid: string; name: () => string; timeoutSeconds: () => number | null; isSigned: () => boolean },
): Broadcasts {
  const { settings, clocks, timers, notices } = deps;
  const broadcasts: Kept[] = [];
  let current: Kept | null = null;
  let cancelHold: () => void = () => undefined;
  let cancelPlayable: () => void = () => undefined;

  /** From when its picture arrives until it can be watched some time goes by. */
  function publish(broadcast: Kept): void {
    broadcast.endedAt = null;
    broadcast.publishedSince = Date.now();
    if (broadcast.wasPlayable) return;
    cancelPlayable = timers.after(settings.delays.playableMs, () => {
      broadcast.wasPlayable = !settings.delivery.neverPlayable;
    });
  }

  function isSigned(broadcast: Kept): boolean {
    return broadcast === current ? input.isSigned() : broadcast.signed;
  }

  function finish(broadcast: Kept): void {
    current = null;
    broadcast.signed = input.isSigned();
    timers.after(settings.delays.videoReadyMs, () => {
      broadcast.ready = settings.videos.outcome === "ready";
      broadcast.failed = !broadcast.ready;
      const { liveInput, ...unnamed } = toVideo(broadcast);
      const body = settings.videos.webhookNamesLiveInput ? { ...unnamed, liveInput } : unnamed;
      notices.video(input.uid, body, settings.videos.outcome);
    });
  }

  function toVideo(broadcast: Kept) {
    const { uid, name, createdAt, endedAt, ready, failed } = broadcast;
    const base = `${deliveryBase(settings)}/${uid}`;
    const created = microseconds(createdAt);
    return {
      uid,
      thumbnail: `${base}/thumbnails/thumbnail.jpg`,
      thumbnailTimestampPct: 0,
      readyToStream: ready,
      status: {
        state: failed ? "error" : ready ? "ready" : broadcast === current ? "live-inprogress" : "inprogress",
        ...(ready ? { pctComplete: "100.000000" } : {}),
        errorReasonCode: failed ? "ERR_UNKNOWN" : "",
        errorReasonText: failed ? "The video could not be made." : "",
      },
      meta: { name: `${name} ${created}` },
      created,
      modified: microseconds(endedAt ?? createdAt),
      size: 0,
      preview: `${base}/watch`,
      allowedOrigins: [],
      requireSignedURLs: isSigned(broadcast),
      uploaded: created,
      uploadExpiry: null,
      maxSizeBytes: null,
      maxDurationSeconds: null,
      duration: ready && endedAt !== null ? (endedAt - createdAt) / 1000 : -1,
      input: { width: 1280, height: 720 },
      playback: { hls: `${base}/manifest/video.m3u8`, dash: `${base}/manifest/video.mpd` },
      watermark: null,
      liveInput: input.uid,
    };
  }

  return {
    begin() {
      cancelHold();
      if (current) {
        publish(current);
        return;
      }
      current = {
        uid: randomBytes(16).toString("hex"),
        name: input.name(),
        createdAt: clocks.cloudflare(),
        endedAt: null,
        ready: false,
        failed: false,
        signed: false,
        wasPlayable: false,
        publishedMs: 0,
        publishedSince: null,
      };
      broadcasts.unshift(current);
      publish(current);
    },
    pause() {
      const paused = current;
      if (!paused) return;
      cancelPlayable();
      paused.endedAt = clocks.cloudflare();
      paused.publishedMs += sinceMs(paused);
      paused.publishedSince = null;
      const seconds = input.timeoutSeconds();
      const holdMs = seconds === null ? settings.delays.defaultHoldMs : seconds * 1000;
      cancelHold = timers.after(holdMs, () => finish(paused));
    },
    list: () =>
      broadcasts.map((broadcast) => ({
        uid: broadcast.uid,
        wasPlayable: broadcast.wasPlayable,
        publishedMs: broadcast.publishedMs + sinceMs(broadcast),
        isOver: broadcast !== current,
        isReady: broadcast.ready,
        isSigned: isSigned(broadcast),
      })),
    videos: () => broadcasts.map(toVideo),
    remove(uid) {
      const index = broadcasts.findIndex((broadcast) => broadcast.uid === uid && broadcast !== current);
      return index >= 0 && broadcasts.splice(index, 1).length > 0;
    },
  };
}

function sinceMs({ publishedSince }: Kept): number {
  return publishedSince === null ? 0 : Date.now() - publishedSince;
}
