import { randomBytes } from "node:crypto";

import type { Settings } from "../settings.ts";
import type { Clocks } from "./clocks.ts";
import type { CloudflareNotices } from "./cloudflare-notices.ts";
import { microseconds } from "./stamps.ts";
import type { Timers } from "./timers.ts";

/** The broadcasts of one live input, each of which becomes a video. */
export interface Broadcasts {
  /** A publisher connected: continues the broadcast if its hold lasts, else begins one. */
  begin(): void;
  /** The last publisher has gone: the hold begins, and at its end the broadcast is over. */
  pause(): void;
  /** Newest first, as video objects (Cloudflare docs, stream-live/replay-recordings). */
  videos(): object[];
}

interface Broadcast {
  uid: string;
  name: string;
  createdAt: number;
  /** When the last publisher went. */
  endedAt: number | null;
  ready: boolean;
}

/** @param input - read when needed: an update changes the hold of later pauses */
export function createBroadcasts(
  deps: { settings: Settings; clocks: Clocks; timers: Timers; notices: CloudflareNotices },
  input: { uid: string; name: () => string; timeoutSeconds: () => number | null },
): Broadcasts {
  const { settings, clocks, timers, notices } = deps;
  const broadcasts: Broadcast[] = [];
  let current: Broadcast | null = null;
  let cancelHold: () => void = () => undefined;

  function finish(broadcast: Broadcast): void {
    current = null;
    timers.after(settings.delays.videoReadyMs, () => {
      broadcast.ready = true;
      notices.video(input.uid, toVideo(broadcast));
    });
  }

  function toVideo({ uid, name, createdAt, endedAt, ready }: Broadcast): object {
    const base = `https://customer-${settings.cloudflare.customerCode}.cloudflarestream.com/${uid}`;
    const created = microseconds(createdAt);
    return {
      uid,
      thumbnail: `${base}/thumbnails/thumbnail.jpg`,
      thumbnailTimestampPct: 0,
      readyToStream: ready,
      status: {
        state: ready ? "ready" : "live-inprogress",
        ...(ready ? { pctComplete: "100.000000" } : {}),
        errorReasonCode: "",
        errorReasonText: "",
      },
      meta: { name: `${name} ${created}` },
      created,
      modified: microseconds(endedAt ?? createdAt),
      size: 0,
      preview: `${base}/watch`,
      allowedOrigins: [],
      requireSignedURLs: false,
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
        current.endedAt = null;
        return;
      }
      current = {
        uid: randomBytes(16).toString("hex"),
        name: input.name(),
        createdAt: clocks.cloudflare(),
        endedAt: null,
        ready: false,
      };
      broadcasts.unshift(current);
    },
    pause() {
      const paused = current;
      if (!paused) return;
      paused.endedAt = clocks.cloudflare();
      const seconds = input.timeoutSeconds();
      const holdMs = seconds === null ? settings.delays.defaultHoldMs : seconds * 1000;
      cancelHold = timers.after(holdMs, () => finish(paused));
    },
    videos: () => broadcasts.map(toVideo),
  };
}
