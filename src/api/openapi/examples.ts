import type { z } from "zod";

import type { Status } from "../../live/index.ts";
import type { MetricsAnswer } from "../metrics-schemas.ts";
import { Problem } from "../problem.ts";
import type { ChannelAnswer, problemAnswer } from "../schemas.ts";
import type { SessionAnswer } from "../sessions/schemas.ts";

const playbackBase = "https://customer-a1b2c3.cloudflarestream.com";

/** On air for a few minutes. */
export const statusExample: Status = {
  channel: "evening-sale",
  channelId: 42,
  state: "recording",
  isRecording: true,
  live: true,
  playable: true,
  reason: null,
  hold: null,
  host: { present: true, since: "2026-03-01T18:00:02.000Z" },
  relay: { mode: "cloud-recording", state: "running", rtmp: "publishing" },
  ingest: { state: "connected", since: "2026-03-01T18:00:11.000Z", error: null },
  playback: {
    hls: `${playbackBase}/5d5bc37ffcf54c9b82e996823bffbb81/manifest/video.m3u8`,
    dash: `${playbackBase}/5d5bc37ffcf54c9b82e996823bffbb81/manifest/video.mpd`,
    iframe: `${playbackBase}/5d5bc37ffcf54c9b82e996823bffbb81/iframe`,
  },
  sessionId: "42-3",
  startedAt: "2026-03-01T18:00:02.412Z",
  liveAt: "2026-03-01T18:00:11.530Z",
  playableAt: "2026-03-01T18:00:19.180Z",
  stoppedAt: null,
  version: 121,
  updatedAt: "2026-03-01T18:00:19.180Z",
};

export const channelExample: ChannelAnswer = {
  id: 42,
  name: "evening-sale",
  hostUserId: "seller-7",
  hostUid: 1001,
  relayMode: null,
  createdAt: "2026-02-20T09:30:00.000Z",
  status: {
    state: "recording",
    isRecording: true,
    live: true,
    reason: null,
    hold: null,
    sessionId: "42-3",
    version: 118,
    updatedAt: "2026-03-01T18:00:11.530Z",
  },
};

const videoExample = {
  uid: "6b9e68b07dfee8cc2d116e4c51d6a957",
  ready: true,
  readyAt: "2026-02-28T19:02:11.450Z",
  hls: `${playbackBase}/6b9e68b07dfee8cc2d116e4c51d6a957/manifest/video.m3u8`,
  dash: `${playbackBase}/6b9e68b07dfee8cc2d116e4c51d6a957/manifest/video.mpd`,
  thumbnail: `${playbackBase}/6b9e68b07dfee8cc2d116e4c51d6a957/thumbnails/thumbnail.jpg`,
  durationSeconds: 3609,
  error: null,
  deletedAt: null,
};

export const metricsExample: MetricsAnswer = {
  channel: "evening-sale",
  from: "2026-03-01T18:00:02.412Z",
  to: "2026-03-01T18:02:30.000Z",
  step: 60,
  items: [
    { at: "2026-03-01T18:01:00.000Z", agoraViewers: 41, hlsViewers: 118, relayHealth: "publishing" },
    { at: "2026-03-01T18:02:00.000Z", agoraViewers: 44, hlsViewers: null, relayHealth: "publishing" },
  ],
};

/** An hour that is over. */
export const sessionExample: SessionAnswer = {
  id: "42-2",
  channel: "evening-sale",
  channelId: 42,
  number: 2,
  cause: "host",
  openedAt: "2026-02-28T18:00:01.120Z",
  liveAt: "2026-02-28T18:00:10.300Z",
  closedAt: "2026-02-28T19:00:25.800Z",
  endReason: "host_left",
  recordedSeconds: 3618,
  recordedSecondsWithoutHost: 17,
  cost: {
    currency: "USD",
    amount: 1.15,
    asOf: "2026-02-01",
    resolution: "HD",
    agora: { cloudRecording: { seconds: 3618, amount: 0.84 }, mediaPush: { seconds: 0, amount: 0 } },
    cloudflare: { storedMonth: { seconds: 3609, amount: 0.31 } },
  },
  recordingSids: ["38f8e3cfdc474cd56fc1ceba380d7e1a"],
  files: ["42/2/38f8e3cfdc474cd56fc1ceba380d7e1a_evening-sale.m3u8"],
  upload: "storage",
  video: videoExample,
  videos: [videoExample],
  drops: [{ from: "2026-03-01T18:20:05.120Z", to: "2026-03-01T18:20:17.480Z" }],
};

export const problemExample: z.infer<typeof problemAnswer> = new Problem(
  "channel_unknown",
  'There is no channel "evening-sale": register it with PUT /v1/channels/evening-sale.',
).toBody();
