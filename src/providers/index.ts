export { type AgoraChannels, type ChannelUsersResult, createAgoraChannels } from "./agora/channels.ts";
export {
  type AcquireResult,
  type CloudRecording,
  type CloudRecordingSettings,
  createCloudRecording,
  type QueryResult,
  type RecordingId,
  type StartResult,
  type StopResult,
  type UpdateResult,
} from "./agora/cloud-recording.ts";
export type { RecordingStorage, StartInput } from "./agora/start-body.ts";
export { type AgoraSettings, createAgoraTransport } from "./agora/transport.ts";
export type { CallError } from "./call-error.ts";
export {
  createLiveInputs,
  type EnableResult,
  type FindResult,
  type LiveInput,
  type LiveInputResult,
  type LiveInputs,
} from "./cloudflare/live-inputs.ts";
export { type CloudflareSettings, createCloudflareTransport } from "./cloudflare/transport.ts";
export type { CallOptions, ProviderDeps } from "./provider-call.ts";
export { RtmpUrl } from "./rtmp-url.ts";
export type { Provider, Slot, Slots } from "./slots.ts";
