import { randomBytes } from "node:crypto";

import type { Scene } from "./scene.ts";

/** A notification about a live input (Cloudflare docs: stream/stream-live/webhooks). */
export function ingest(event: "connected" | "disconnected" | "errored", { liveInput, at, code }: Scene): object {
  const eventType = `live_input.${event}`;
  const updatedAt = new Date(at).toISOString();
  const error = { error: { code, message: "simulated" }, video_codec: "h264", audio_codec: "aac" };
  return {
    name: "simulated",
    text: `Notification type: Stream Live Input\nInput ID: ${liveInput}\nEvent type: ${eventType}\nUpdated at: ${updatedAt}`,
    data: {
      notification_name: "Stream Live Input",
      input_id: liveInput,
      event_type: eventType,
      updated_at: updatedAt,
      ...(event === "errored" && { live_input_errored: error }),
    },
    ts: Math.floor(at / 1000),
  };
}

/** What Stream sends when a broadcast's recording can be watched (Cloudflare docs: using-webhooks). */
export function videoReady({ liveInput, at, playbackBase }: Scene): object {
  const uid = randomBytes(16).toString("hex");
  const time = new Date(at).toISOString();
  return {
    uid,
    liveInput,
    readyToStream: true,
    status: { state: "ready", pctComplete: "100.000000" },
    meta: { name: "simulated" },
    created: time,
    modified: time,
    duration: 60,
    playback: {
      hls: `${playbackBase}/${uid}/manifest/video.m3u8`,
      dash: `${playbackBase}/${uid}/manifest/video.mpd`,
    },
    thumbnail: `${playbackBase}/${uid}/thumbnails/thumbnail.jpg`,
  };
}

/** What Cloudflare sends to a new destination: it has no `data` (Cloudflare docs: configure-webhooks). */
export function testMessage(): object {
  return {
    text:
      "Hello World! This is a test message sent from https://cloudflare.com. If you can see this, your webhook is " +
      "configured properly.",
  };
}
