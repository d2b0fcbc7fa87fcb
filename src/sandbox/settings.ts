import { randomBytes } from "node:crypto";

import { z } from "zod";

const url = z.url({ protocol: /^https?$/ });
const secret = z.string().min(1);
const ms = z.number().min(0);
const perWindow = z.number().int().min(1);

const webhooks = z.strictObject({
  agora: url.nullable(),
  cloudflareLive: url.nullable(),
  cloudflareVideo: url.nullable(),
});
const secrets = z.strictObject({
  ncsRtc: secret,
  ncsRecording: secret,
  ncsPush: secret,
  cloudflareNotification: secret,
  cloudflareVideo: secret,
});
const agora = z.strictObject({ appId: secret, customerId: secret, customerSecret: secret });
const delivery = z.strictObject({
  url: url.nullable(),
  neverPlayable: z.boolean(),
  browsersOnly: z.strictObject({ manifest: z.boolean(), lifecycle: z.boolean() }),
  liveViewers: z.number().int().min(0),
});
const deliveryChange = delivery.extend({ browsersOnly: delivery.shape.browsersOnly.partial() }).partial();
const videos = z.strictObject({
  outcome: z.enum(["ready", "error"]),
  webhookNamesLiveInput: z.boolean(),
  list: z.enum(["array", "object"]),
});
const cloudflare = z.strictObject({ accountId: secret, apiToken: secret, customerCode: secret });
const account = z.strictObject({
  tokenOwner: z.enum(["user", "account"]),
  permissions: z.strictObject({ stream: z.boolean(), notifications: z.boolean() }),
  webhooksInPlan: z.boolean(),
  listsFilterOptions: z.boolean(),
  streamWebhook: z.strictObject({ none: z.enum(["404", "empty"]), tellsSecret: z.boolean() }),
});
const accountChange = account
  .extend({ permissions: account.shape.permissions.partial(), streamWebhook: account.shape.streamWebhook.partial() })
  .partial();
const limits = z.strictObject({
  recordingCallsPerSecond: perWindow,
  channelQueriesPerSecond: perWindow,
  retryAfterSeconds: z.number().int().min(0).nullable(),
  cloudflareCallsPer5Minutes: perWindow.nullable(),
  runningRecorders: z.number().int().min(0),
  resourceLifetimeMs: ms,
  webhookTimeoutMs: ms,
});
const quota = z.number().int().min(0);
const converters = z.strictObject({
  enabled: z.boolean(),
  quota: z.strictObject({ sd: quota, hd: quota, fhd: quota }),
  callsPerSecond: perWindow,
  updatesPerSecond: perWindow,
  errorMember: z.enum(["documented", "message", "reason"]),
  ltsUnit: z.enum(["s", "ms"]),
  joinsChannel: z.boolean(),
  clientType: z.number().int().min(0).nullable(),
});
const converterChange = converters.extend({ quota: converters.shape.quota.partial() }).partial();
const ncsAddresses = z.array(z.string());
const storage = z.strictObject({ usedMinutes: z.number().min(0), limitMinutes: z.number().min(0) });
const offset = z.number().min(-86_400_000).max(86_400_000);
const clocks = z.strictObject({ agoraOffsetMs: offset, cloudflareOffsetMs: offset });
const delays = z.strictObject({
  recorderStartedMs: ms,
  pushAnsweredMs: ms,
  pushEndedMs: ms,
  recorderStoppedMs: ms,
  uploadedMs: ms,
  exitedMs: ms,
  failoverMs: ms,
  converterStartedMs: ms,
  converterFailedMs: ms,
  ingestConnectedNoticeMs: ms,
  ingestDisconnectedNoticeMs: ms,
  defaultHoldMs: ms,
  playableMs: ms,
  videoReadyMs: ms,
  ncsResendGapsMs: z.array(ms).max(3),
});

/** What may be changed while the sandbox runs: any part of the settings. Unknown members are refused. */
export const settingsChange = z
  .strictObject({
    pace: z.number().positive().max(100),
    startAnswers201WithSid: z.boolean(),
    statusShape: z.enum(["object", "string", "null"]),
    serviceUrl: url,
    webhooks: webhooks.partial(),
    secrets: secrets.partial(),
    agora: agora.partial(),
    cloudflare: cloudflare.partial(),
    account: accountChange,
    delivery: deliveryChange,
    videos: videos.partial(),
    ncsAddresses,
    converters: converterChange,
    limits: limits.partial(),
    storage: storage.partial(),
    clocks: clocks.partial(),
    delays: delays.partial(),
  })
  .partial();
export type SettingsChange = z.infer<typeof settingsChange>;

export interface Settings {
  /**
   * Multiplies everything that the providers do in their own time (`delays`, a live input's hold, a recorder's maximum
   * hours, a converter's `idleTimeOut`). Not the limits on callers, nor the times of planned faults: those are real milliseconds.
   */
  pace: number;
  /** Whether `201 already started` carries the `sid`. The documented body has none. */
  startAnswers201WithSid: boolean;
  /** How a live input's `status` looks: the wire's object, the SDK's string, or always null. */
  statusShape: "object" | "string" | "null";
  /** Where webhooks go; null means that none was ever configured at the provider. */
  webhooks: z.infer<typeof webhooks>;
  /** One NCS secret per product, as in Agora's console. */
  secrets: z.infer<typeof secrets>;
  agora: z.infer<typeof agora>;
  cloudflare: z.infer<typeof cloudflare>;
  /**
   * Cloudflare's account: whose its token is and what it may do; whether the plan has webhook destinations; whether the
   * list of alerts says by what they can be filtered; what is answered where there is no Stream webhook (undocumented),
   * and whether reading one tells its secret.
   */
  account: z.infer<typeof account>;
  /**
   * The host that viewers watch at: where it is (the sandbox's own by default); whether broadcasts that begin now ever
   * become playable; what of it is refused to a User-Agent that is no browser's; how many watch each live broadcast.
   */
  delivery: z.infer<typeof delivery>;
  /**
   * What becomes of broadcasts that are over; whether the webhook about it names the live input, which is documented for
   * lists only; how a list of videos looks.
   */
  videos: z.infer<typeof videos>;
  /** From which NCS says that it sends. */
  ncsAddresses: z.infer<typeof ncsAddresses>;
  /**
   * Media Push: whether the project has it; how many converters of each picture size at once and how many calls a second;
   * which member names an error (as documented for each status, or one of the two spellings always); the unit of `lts`;
   * whether its streaming server shows in the channel, and as which client.
   */
  converters: z.infer<typeof converters>;
  limits: z.infer<typeof limits>;
  /** Minutes stored at Cloudflare and the plan's limit; when none are left, a new broadcast is refused. */
  storage: z.infer<typeof storage>;
  /** How far each provider's clock is ahead (negative: behind), in everything that it stamps and signs. */
  clocks: z.infer<typeof clocks>;
  delays: z.infer<typeof delays>;
}

/** Random credentials and secrets, no webhook targets, and delays a few times shorter than the providers' own. */
export function defaultSettings(): Settings {
  return {
    pace: 1,
    startAnswers201WithSid: false,
    statusShape: "object",
    webhooks: { agora: null, cloudflareLive: null, cloudflareVideo: null },
    secrets: {
      ncsRtc: randomSecret(),
      ncsRecording: randomSecret(),
      ncsPush: randomSecret(),
      cloudflareNotification: randomSecret(),
      cloudflareVideo: randomSecret(),
    },
    agora: { appId: randomSecret(), customerId: randomSecret(), customerSecret: randomSecret() },
    cloudflare: { accountId: randomSecret(), apiToken: randomSecret(), customerCode: "sandbox" },
    account: {
      tokenOwner: "user",
      permissions: { stream: true, notifications: true },
      webhooksInPlan: true,
      listsFilterOptions: true,
      streamWebhook: { none: "404", tellsSecret: true },
    },
    delivery: {
      url: null,
      neverPlayable: false,
      browsersOnly: { manifest: true, lifecycle: false },
      liveViewers: 0,
    },
    videos: { outcome: "ready", webhookNamesLiveInput: true, list: "array" },
    ncsAddresses: ["127.0.0.1"],
    converters: {
      enabled: true,
      // Agora docs, media-push best practices: outside China; FHD only on request.
      quota: { sd: 20, hd: 5, fhd: 0 },
      callsPerSecond: 50,
      // Agora docs, media-push REST API (the best practices say 50).
      updatesPerSecond: 2,
      errorMember: "documented",
      // The samples have seconds, the text says milliseconds.
      ltsUnit: "s",
      joinsChannel: true,
      clientType: null,
    },
    limits: {
      // Agora docs, cloud-recording: 10 a second per App ID; channel management: 20 for online statistics.
      recordingCallsPerSecond: 10,
      channelQueriesPerSecond: 20,
      retryAfterSeconds: 1,
      // Cloudflare docs, fundamentals/api/reference/limits.
      cloudflareCallsPer5Minutes: 1200,
      // Agora docs, integration-best-practices: peak concurrent workers (another page says 200).
      runningRecorders: 50,
      // Agora docs, acquire: a resource id is valid for five minutes.
      resourceLifetimeMs: 300_000,
      // Agora docs, NCS: an answer after 10 s is none. Used for Cloudflare too, which documents no timeout.
      webhookTimeoutMs: 10_000,
    },
    storage: { usedMinutes: 0, limitMinutes: 1000 },
    clocks: { agoraOffsetMs: 0, cloudflareOffsetMs: 0 },
    delays: {
      // From start's answer to event 70; about 5 s at Agora.
      recorderStartedMs: 1_000,
      // From `connecting` to `publishing` or `disconnected`.
      pushAnsweredMs: 500,
      // From stop's answer: the push ends, then 71; from there 31, and from there 11.
      pushEndedMs: 200,
      recorderStoppedMs: 500,
      uploadedMs: 1_000,
      exitedMs: 300,
      // At most 90 s at Agora for Cloud Recording, 120 s for Media Push.
      failoverMs: 5_000,
      // From create's answer to the first attempt to connect.
      converterStartedMs: 500,
      // From the loss of a converter's connection to `failed`, if nothing mends it.
      converterFailedMs: 10_000,
      // In Cloudflare's own examples a notification is 2.9 s and 11.1 s younger than its `updated_at`.
      ingestConnectedNoticeMs: 1_000,
      ingestDisconnectedNoticeMs: 500,
      // The hold of an input without `timeoutSeconds`; Cloudflare publishes no number.
      defaultHoldMs: 30_000,
      // From the picture's arrival until it can be watched; up to 30 s at Cloudflare (docs: troubleshooting).
      playableMs: 3_000,
      // From the end of the hold to the video's webhook; up to 60 s at Cloudflare.
      videoReadyMs: 5_000,
      // Agora docs, NCS: an immediate resend, then growing gaps, three resends at most; the gaps are not published.
      ncsResendGapsMs: [0, 5_000, 10_000],
    },
  };
}

/**
 * Changes the settings in place, so that everybody who holds them sees the change.
 *
 * @param settings - changed
 * @param change - `serviceUrl` is short for its three webhook URLs as Tally has them; `webhooks` overrides it
 */
export function applySettings(settings: Settings, change: SettingsChange): void {
  const { serviceUrl, ...rest } = change;
  if (serviceUrl !== undefined) settings.webhooks = tallyWebhooks(serviceUrl);
  merge(settings, rest);
}

/** What playback links begin with. */
export function deliveryBase({ delivery, cloudflare }: Settings): string {
  return delivery.url ?? `https://customer-${cloudflare.customerCode}.cloudflarestream.com`;
}

function tallyWebhooks(serviceUrl: string): Settings["webhooks"] {
  const base = serviceUrl.replace(/\/+$/, "");
  return {
    agora: `${base}/webhooks/agora`,
    cloudflareLive: `${base}/webhooks/cloudflare/live`,
    cloudflareVideo: `${base}/webhooks/cloudflare/video`,
  };
}

function merge(target: object, change: object): void {
  for (const [key, value] of Object.entries(change) as [string, unknown][]) {
    if (value === undefined) continue;
    const old: unknown = Reflect.get(target, key);
    if (isGroup(old) && isGroup(value)) merge(old, value);
    else Reflect.set(target, key, value);
  }
}

function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function randomSecret(): string {
  return randomBytes(16).toString("hex");
}
