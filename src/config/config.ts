import type { KeyObject } from "node:crypto";

import type { Prices } from "../cost/index.ts";
import type { Policy, RelayMode } from "../live/index.ts";

/** What the environment says. Times are milliseconds; URLs have no slash at the end. */
export interface LoadedConfig extends DatabaseConfig {
  port: number;
  sandboxPort: number;
  /** Where the outside reaches this service. */
  publicUrl: string;
  /**
   * How many proxies stand before the service, each of which adds the address that it was called from to
   * `X-Forwarded-For`; 0: the header is the client's own invention.
   */
  trustProxy: number;
  /** The operator key; null outside production only. */
  apiKey: string | null;
  /** Whose JWTs are taken from sellers; null: nobody's. */
  jwt: JwtConfig | null;
  /** Origins of the seller's app that may call from a browser; `*` for any. */
  corsOrigins: string[];
  /** Streams of a status that this process serves at a time, beyond its other connections. */
  streamReadersMost: number;
  /** No provider is configured: the built-in sandbox takes their place. Never in production. */
  sandbox: boolean;
  /** Null exactly when `sandbox`. */
  agora: AgoraConfig | null;
  cloudflare: CloudflareConfig | null;
  /** Whether Agora's webhooks are taken only from the addresses that Agora names. */
  agoraAllowList: boolean;
  /** Images that the stage lays over the picture: a small one in a corner, and one of full size. */
  stage: { logoUrl: string | null; overlayUrl: string | null };
  /** For channels that don't say otherwise. */
  relayMode: RelayMode;
  /** What is pushed: pixels, frames a second, kbit/s. */
  picture: { width: number; height: number; fps: number; bitrateKbps: number };
  /** By which costs are estimated. */
  prices: Prices;
  channelPolicy: "auto" | "registered";
  maxActiveRelays: number;
  /** A time in which no process was alive, after which Agora is asked who is where; 0 = never. */
  catchUpAfterMs: number;
  /** How long a signed playback link plays at most. */
  playbackTokenMs: number;
  /** How long recordings are kept at Cloudflare; null: as it is set there, which is for ever at first. */
  retentionDays: number | null;
  /** How long events of the log are kept; null: for ever. */
  eventsDays: number | null;
  /** Between two samples of a live channel's viewers; 0 = none. */
  metricsMs: number;
  callsPerSecond: { agora: number; cloudflare: number };
  notifications: {
    /** Whether they may go to addresses that are not public, and over http. */
    allowPrivate: boolean;
    /** An endpoint that fails for so long is disabled; 0 = never. */
    disableAfterMs: number;
  };
  policy: Policy;
  /** Where traces go; null: nothing is traced. */
  traces: TracesConfig | null;
}

/** OpenTelemetry's own settings, by their names. */
export interface TracesConfig {
  /** Without `/v1/traces`. */
  endpoint: string;
  protocol: "http/protobuf" | "http/json";
  /** Credentials, mostly: all of them are secrets. */
  headers: Record<string, string>;
  serviceName: string;
  resource: Record<string, string>;
  sampler: TracesSampler;
  /** What the samplers by ratio keep, 0 to 1. */
  ratio: number;
}

export type TracesSampler =
  | "always_on"
  | "always_off"
  | "traceidratio"
  | "parentbased_always_on"
  | "parentbased_always_off"
  | "parentbased_traceidratio";

/** JWTs of the app's own users. */
export interface JwtConfig {
  /** Where its public keys are. */
  jwksUrl: string;
  issuer: string;
  audience: string;
  /** The claim that holds a channel's `hostUserId`. */
  userClaim: string;
  /** One with the names of further channels that its bearer reaches; null: none is looked for. */
  channelsClaim: string | null;
}

/** Everything set: what the service runs on. */
export interface Config extends LoadedConfig {
  apiKey: string;
  agora: AgoraConfig;
  cloudflare: CloudflareConfig;
}

/** As much as a migration needs. */
export interface DatabaseConfig {
  production: boolean;
  logLevel: string;
  /** Absolute path of the folder of the embedded database and of `development.json`. */
  dataDir: string;
  migrateOnStart: boolean;
  database: {
    /** Null: the embedded one. */
    url: string | null;
    /** Past a transaction pooler, for LISTEN and migrations; null: `url` is direct. */
    directUrl: string | null;
    schema: string;
    /** Connections for queries, beside those for jobs (3) and those that listen (2). */
    poolMax: number;
  };
}

export interface AgoraConfig {
  /** Tried in this order; with one, nothing is tried elsewhere. Empty: Agora's own, by `region`. */
  apiUrls: string[];
  appId: string;
  appCertificate: string;
  customerId: string;
  customerSecret: string;
  /** Any of them authenticates a webhook. */
  ncsSecrets: string[];
  /** Where Agora records. */
  region: RecordingRegion;
  /** Null: nothing is recorded into a storage, so only Media Push can carry a picture. */
  storage: StorageConfig | null;
}

export type RecordingRegion = "NA" | "EU" | "AP" | "CN";

/** Agora's `storageConfig`; vendor and region are Agora's numbers. */
export interface StorageConfig {
  vendor: number;
  /** 0 for a vendor that has no regions. */
  region: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  endpoint: string | null;
  prefix: string | null;
  /** The keys may only assume this role; what Agora gets are its short-lived credentials. Null: Agora gets the keys. */
  sts: StsConfig | null;
}

export interface StsConfig {
  roleArn: string;
  /** AWS's name of the region whose STS is called. */
  region: string;
  /** Null: AWS's own of that region. */
  endpoint: string | null;
  externalId: string | null;
  lifetimeMs: number;
}

export interface CloudflareConfig {
  apiUrl: string;
  accountId: string;
  apiToken: string;
  customerCode: string | null;
  /** What playback links begin with, before the id; null: taken from Cloudflare's answer. */
  playbackUrl: string | null;
  /** Any of them authenticates a live notification. */
  notificationSecrets: string[];
  /** Any of them authenticates a video webhook; with none, nobody is. */
  webhookSecrets: string[];
  /** Whether live inputs, and so their videos, are to play with signed links only. */
  requireSignedUrls: boolean;
  /** With which links are signed; null: nothing can be. */
  signing: SigningConfig | null;
}

export interface SigningConfig {
  keyId: string;
  key: KeyObject;
  /** The setting itself, which is a secret. */
  text: string;
}

/** Settings that Tally can't start with. The message lists all of them, a line each, with what to do. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? "1 setting needs" : `${problems.length} settings need`;
    super(`Tally cannot start: ${count} attention.\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}
