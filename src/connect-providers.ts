import type { Closers } from "./closers.ts";
import type { Config } from "./config/index.ts";
import type { Providers } from "./engine/index.ts";
import {
  createAgoraChannels,
  createAgoraTransport,
  createCloudflareTransport,
  createCloudRecording,
  createLiveInputs,
  createNotificationSenders,
  createRecordingStorage,
  type NotificationSenders,
  type ProviderDeps,
} from "./providers/index.ts";

/** What the engine calls, and what the service asks for itself. */
export interface ConnectedProviders extends Providers {
  notificationSenders: NotificationSenders;
}

/** The providers' clients, as configured; their connections are closed with the rest. */
export function connectProviders(
  { agora, cloudflare }: Config,
  deps: ProviderDeps,
  closers: Closers,
): ConnectedProviders {
  const agoraTransport = createAgoraTransport(agora, deps);
  closers.add("the connections to Agora", () => agoraTransport.close());
  const cloudflareTransport = createCloudflareTransport(cloudflare, deps);
  closers.add("the connections to Cloudflare", () => cloudflareTransport.close());
  const storage = createRecordingStorage(agora.storage, deps.log);
  closers.add("the connections to the storage's STS", () => storage.close());
  return {
    storage,
    cloudRecording: createCloudRecording(agora, agoraTransport),
    channels: createAgoraChannels(agora, agoraTransport),
    notificationSenders: createNotificationSenders(agoraTransport),
    liveInputs: createLiveInputs(cloudflareTransport),
  };
}
