import type { ChannelState, Effect, EffectType, Outcome, ProviderError } from "../../live/index.ts";
import type {
  AgoraChannels,
  CallOptions,
  CloudRecording,
  Delivery,
  LiveInputs,
  MediaPush,
  Picture,
  RecordingStorage,
  Videos,
} from "../../providers/index.ts";

/** The calls that effects need. */
export interface Providers {
  cloudRecording: CloudRecording;
  mediaPush: MediaPush;
  channels: AgoraChannels;
  liveInputs: LiveInputs;
  videos: Videos;
  delivery: Pick<Delivery, "look">;
  storage: Pick<RecordingStorage, "grant">;
}

export interface EffectSettings {
  /** `https://customer-….cloudflarestream.com`, if configured; else it is taken from Cloudflare's answer. */
  playbackBase: string | null;
  /** What is pushed. */
  picture: Picture;
  /** The longest session, in ms: what a recording may last. */
  maxSessionMs: number;
  /** The page that the recorder of this attempt opens. */
  stageUrl: (of: { channel: string; channelId: number; session: number; attempt: number }) => string;
}

/** What performing one effect may use. */
export interface Scene<E extends Effect = Effect> extends EffectSettings, Providers {
  effect: E;
  channel: { id: number; name: string };
  /** The channel's state when the attempt began. */
  state: ChannelState;
  /** Ids for the lines of calls. */
  call: Required<Pick<CallOptions, "context">>;
  /** Commits an outcome before the attempt is over, for what must not be lost if the process dies in it. */
  record: (outcome: Outcome) => Promise<void>;
  /** Whether the effect is wanted still, by the state as it is now. */
  isStillWanted: () => Promise<boolean>;
  /** The newest resource that an earlier try of this effect acquired and that can still be started. */
  freshResource: () => Promise<string | null>;
  /** Waits for a place among the questions. */
  waitForCheckup: () => Promise<void>;
}

/** How an attempt went. A provider's refusal is an outcome like any other. */
export interface Performance {
  outcomes: Outcome[];
  /** Null if the provider did what was asked. */
  error: ProviderError | null;
}

export type EffectOf<T extends EffectType> = Extract<Effect, { type: T }>;
export type Perform<T extends EffectType> = (scene: Scene<EffectOf<T>>) => Promise<Performance>;

/** What went wrong on our side of a call. */
export function ownError(provider: ProviderError["provider"], operation: string, message: string): ProviderError {
  return { provider, operation, status: null, code: null, message };
}
