import type { Config } from "../config/index.ts";
import type { Logger } from "../log.ts";
import {
  type AgoraChannels,
  agoraHosts,
  type CallRecord,
  type CloudflareAccount,
  createAgoraChannels,
  createAgoraTransport,
  createCloudflareAccount,
  createCloudflareNotifications,
  createCloudflareTransport,
  createRecordingStorage,
  createStreamWebhooks,
  type RecordingStorage,
} from "../providers/index.ts";
import { type CloudflareWanted, cloudflareWanted, freeSlots, type SetupClients } from "../setup/index.ts";

/** The providers' clients, for questions only. */
export interface DoctorProviders {
  channels: AgoraChannels;
  /** Each of Agora's hosts, asked alone. */
  agoraHosts: { url: string; channels: AgoraChannels }[];
  storage: RecordingStorage;
  account: CloudflareAccount;
  setup: SetupClients;
  wanted: CloudflareWanted;
  /** Asks both what time it is: how far each is ahead of us, milliseconds; null: no answer, or it doesn't say. */
  clocks(): Promise<{ Agora: number | null; Cloudflare: number | null }>;
  close(): void;
}

export function openProviders(config: Config, log: Logger): DoctorProviders {
  const { agora, cloudflare } = config;
  const ahead = new Map<string, number>();
  // Whole seconds: the middle of that second against the middle of the call.
  const onCall = ({ provider, at, ended }: CallRecord) => {
    if (ended?.clock != null) ahead.set(provider, ended.clock + 500 - (at + ended.ms / 2));
  };
  const deps = { slots: freeSlots, log, onCall };
  const hosts = agoraHosts(agora);
  const agoraTransport = createAgoraTransport({ ...agora, hosts }, deps);
  const single = hosts
    .flat()
    .map((url) => ({ url, transport: createAgoraTransport({ ...agora, hosts: [[url]] }, deps) }));
  const cloudflareTransport = createCloudflareTransport(cloudflare, deps);
  const storage = createRecordingStorage(agora.storage, deps);
  const channels = createAgoraChannels(agora, agoraTransport);
  const account = createCloudflareAccount(cloudflareTransport);
  return {
    channels,
    agoraHosts: single.map(({ url, transport }) => ({ url, channels: createAgoraChannels(agora, transport) })),
    storage,
    account,
    setup: {
      notifications: createCloudflareNotifications(cloudflareTransport),
      streamWebhooks: createStreamWebhooks(cloudflareTransport),
    },
    wanted: cloudflareWanted(config),
    async clocks() {
      await Promise.all([channels.list(0), account.verifyToken()]);
      return { Agora: ahead.get("agora") ?? null, Cloudflare: ahead.get("cloudflare") ?? null };
    },
    close() {
      for (const transport of [agoraTransport, cloudflareTransport, ...single.map((one) => one.transport)]) {
        transport.close();
      }
      storage.close();
    },
  };
}
