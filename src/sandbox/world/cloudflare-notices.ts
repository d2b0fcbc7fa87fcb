import { signCloudflareNotification, signCloudflareVideo } from "../../webhooks/sign.ts";
import type { Settings } from "../settings.ts";
import type { Alerting } from "./alerting.ts";
import type { Clocks } from "./clocks.ts";
import type { WebhookSender } from "./webhooks.ts";

export interface IngestError {
  /** `ERR_GOP_OUT_OF_RANGE`, `ERR_STORAGE_QUOTA_EXHAUSTED`, … (Cloudflare docs, stream-live/webhooks). */
  code: string;
  message: string;
  videoCodec: string;
  audioCodec: string;
}

export type LiveInputEventType = "live_input.connected" | "live_input.disconnected" | "live_input.errored";

/** Cloudflare's two kinds of webhook. Neither is documented to be sent again, so neither is. */
export interface CloudflareNotices {
  /** A Notification about a live input. */
  live(liveInput: string, eventType: LiveInputEventType, updatedAt: string, error?: IngestError): void;
  /** Stream's webhook about a video that has been processed. */
  video(liveInput: string, video: object, outcome: "ready" | "error"): void;
}

export function createCloudflareNotices(deps: {
  settings: Settings;
  clocks: Clocks;
  webhooks: WebhookSender;
  alerting: Pick<Alerting, "targetsOf">;
}): CloudflareNotices {
  const { settings, clocks, webhooks, alerting } = deps;
  const nowSeconds = () => Math.floor(clocks.cloudflare() / 1000);

  return {
    live(liveInput, eventType, updatedAt, error) {
      const text = [
        "Notification type: Stream Live Input",
        `Input ID: ${liveInput}`,
        `Event type: ${eventType}`,
        `Updated at: ${updatedAt}`,
        ...(error
          ? [
              `Error Code: ${error.code}`,
              `Error Message: ${error.message}`,
              `Video Codec: ${error.videoCodec}`,
              `Audio Codec: ${error.audioCodec}`,
            ]
          : []),
      ].join("\n");
      const data = {
        notification_name: "Stream Live Input",
        input_id: liveInput,
        event_type: eventType,
        updated_at: updatedAt,
        ...(error && {
          live_input_errored: {
            error: { code: error.code, message: error.message },
            video_codec: error.videoCodec,
            audio_codec: error.audioCodec,
          },
        }),
      };
      const targets: { url: string | null; secret: string }[] = alerting.targetsOf(liveInput, eventType);
      // Where nobody is told, the record says so.
      for (const { url, secret } of targets.length === 0 ? [{ url: null, secret: "" }] : targets) {
        webhooks.send({
          kind: "cloudflare-live",
          product: null,
          eventType,
          about: liveInput,
          url,
          body: () => ({ name: "Sandbox live inputs", text, data, ts: nowSeconds() }),
          headers: () => ({ ...signCloudflareNotification(secret) }),
          resendGapsMs: [],
          strictAnswer: false,
        });
      }
    },

    video(liveInput, video, outcome) {
      webhooks.send({
        kind: "cloudflare-video",
        product: null,
        eventType: outcome,
        about: liveInput,
        url: settings.webhooks.cloudflareVideo,
        body: () => video,
        headers: (rawBody) => ({ ...signCloudflareVideo(settings.secrets.cloudflareVideo, rawBody, nowSeconds()) }),
        resendGapsMs: [],
        strictAnswer: false,
      });
    },
  };
}
