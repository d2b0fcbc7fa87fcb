export { type AgoraChannels, channelsPerPage, createAgoraChannels } from "./agora/channels.ts";
export {
  type CloudRecording,
  type CloudRecordingSettings,
  createCloudRecording,
  type QueryResult,
  type RecordingId,
  type StopResult,
} from "./agora/cloud-recording.ts";
export type { Converter, ConverterState } from "./agora/converter-answers.ts";
export type { ConverterLayout, CreateConverter } from "./agora/converter-body.ts";
export { agoraHosts } from "./agora/hosts.ts";
export {
  type ConverterResult,
  type CreateConverterResult,
  createMediaPush,
  type FindConverterResult,
  type MediaPush,
  type MediaPushSettings,
  type RemoveConverterResult,
} from "./agora/media-push.ts";
export {
  createNotificationSenders,
  type NotificationSenders,
  type NotificationSendersResult,
} from "./agora/notification-senders.ts";
export type { Refused, UpdateResult } from "./agora/refused.ts";
export type { StartInput } from "./agora/start-body.ts";
export { rtcToken } from "./agora/token.ts";
export { createAgoraTransport } from "./agora/transport.ts";
export type { CallError } from "./call-error.ts";
export type { CallEnd, CallRecord, OnCall } from "./call-record.ts";
export { type CloudflareAccount, createCloudflareAccount } from "./cloudflare/account.ts";
export { createDelivery, type Delivery } from "./cloudflare/delivery.ts";
export { createLiveInputs, type LiveInput, type LiveInputResult, type LiveInputs } from "./cloudflare/live-inputs.ts";
export { createLiveViewers, type LiveViewers } from "./cloudflare/live-viewers.ts";
export {
  type CloudflareNotifications,
  createCloudflareNotifications,
  type Destination,
  liveInputAlert,
  type NotificationPolicy,
  type PolicyBody,
} from "./cloudflare/notifications.ts";
export { createStreamWebhooks, type StreamWebhook, type StreamWebhooks } from "./cloudflare/stream-webhook.ts";
export { type CloudflareRefusal, createCloudflareTransport } from "./cloudflare/transport.ts";
export { createVideos, type Videos } from "./cloudflare/videos.ts";
export type { Picture } from "./picture.ts";
export type { CallOptions, ProviderDeps } from "./provider-call.ts";
export { retryAfterMs } from "./retry-after.ts";
export { RtmpUrl } from "./rtmp-url.ts";
export type { Provider, Slot, Slots } from "./slots.ts";
export {
  createRecordingStorage,
  type GrantResult,
  type RecordingStorage,
  sessionFolders,
  type StorageSettings,
} from "./storage/recording-storage.ts";
export { StorageGrant, type StorageTarget } from "./storage/storage-grant.ts";
