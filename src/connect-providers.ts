import type { Closers } from "./closers.ts";
import type { Config } from "./config/index.ts";
import type { Providers } from "./engine/index.ts";
import type { Policy } from "./live/index.ts";
import {
  agoraHosts,
  createAgoraChannels,
  createAgoraTransport,
  createCloudflareTransport,
  createCloudRecording,
  createDelivery,
  createLiveInputs,
  createLiveViewers,
  createMediaPush,
  createNotificationSenders,
  createRecordingStorage,
  createVideos,
  type LiveViewers,
  type NotificationSenders,
  type ProviderDeps,
} from "./providers/index.ts";

/** What the engine calls, and what the service asks for itself. */
export interface ConnectedProviders extends Providers {
  notificationSenders: NotificationSenders;
  liveViewers: LiveViewers;
}

/** Whether Cloudflare itself deletes recordings after so long; below that it takes no number (Cloudflare docs: start-stream-live). */
export function isCloudflares(retentionDays: number | null): boolean {
  return retentionDays !== null && retentionDays >= 30;
}

/** Agora recommends 300 (Agora docs: media-push, integration-best-practices). */
const shortestIdleSeconds = 300;

/** Longer by a minute than anything that waits for a host: a converter must not end under a start by hand. */
function idleTimeoutSeconds({ manualStartMs, stopGraceMs }: Policy): number {
  return Math.max(shortestIdleSeconds, Math.ceil(Math.max(manualStartMs, stopGraceMs) / 1000) + 60);
}

/** The providers' clients, as configured; their connections are closed with the rest. */
export function connectProviders(
  { agora, cloudflare, policy, retentionDays }: Config,
  deps: ProviderDeps,
  closers: Closers,
): ConnectedProviders {
  const agoraTransport = createAgoraTransport({ ...agora, hosts: agoraHosts(agora) }, deps);
  closers.add("the connections to Agora", () => agoraTransport.close());
  const cloudflareTransport = createCloudflareTransport(cloudflare, deps);
  closers.add("the connections to Cloudflare", () => cloudflareTransport.close());
  const delivery = createDelivery(deps);
  closers.add("the connections to Cloudflare's delivery", () => delivery.close());
  const storage = createRecordingStorage(agora.storage, deps);
  closers.add("the connections to the storage's STS", () => storage.close());
  const liveInputSettings = {
    requireSignedUrls: cloudflare.requireSignedUrls,
    deleteRecordingAfterDays: isCloudflares(retentionDays) ? retentionDays : null,
  };
  const liveViewers = createLiveViewers(deps);
  closers.add("the connections to Cloudflare's playback", () => liveViewers.close());
  return {
    storage,
    liveViewers,
    cloudRecording: createCloudRecording(agora, agoraTransport),
    mediaPush: createMediaPush({ ...agora, idleTimeoutSeconds: idleTimeoutSeconds(policy) }, agoraTransport),
    channels: createAgoraChannels(agora, agoraTransport),
    notificationSenders: createNotificationSenders(agoraTransport),
    liveInputs: createLiveInputs(cloudflareTransport, liveInputSettings, deps.log),
    videos: createVideos(cloudflareTransport),
    delivery,
  };
}
