import { z } from "zod";

import type { Logger } from "../../log.ts";
import { callError } from "../call-error.ts";
import type { CallOptions } from "../provider-call.ts";
import { pathSegment } from "../provider-http.ts";
import { RtmpUrl } from "../rtmp-url.ts";
import { type IngestState, ingestState } from "./ingest-state.ts";
import type { CloudflareRefusal, CloudflareTransport } from "./transport.ts";

export interface LiveInput {
  uid: string;
  /** False refuses a push and ends a running one. */
  enabled: boolean;
  rtmpUrl: RtmpUrl;
  state: IngestState;
  /** `https://customer-….cloudflarestream.com`, if the answer tells it. */
  playbackBase: string | null;
  /** Whether it plays with signed links only; null if the answer doesn't tell. */
  signed: boolean | null;
  /** Whether it has the settings that it is to have, as far as they can be had. */
  isAsConfigured: boolean;
}

/** How live inputs are to be. */
export interface LiveInputSettings {
  /** Play with signed links only; false leaves an existing one as it is. */
  requireSignedUrls: boolean;
  /** Days after which Cloudflare deletes a recording, 30 to 1096; null leaves an existing one as it is. */
  deleteRecordingAfterDays: number | null;
}

export type FindResult = { ok: true; uid: string | null } | CloudflareRefusal;
export type LiveInputResult = { ok: true; liveInput: LiveInput } | CloudflareRefusal;
export type EnableResult = { ok: true } | CloudflareRefusal;

export interface LiveInputs {
  /** The uid of the channel's live input, null if it has none; the oldest if there are several. */
  findByChannel(channel: string, options?: CallOptions): Promise<FindResult>;
  /**
   * Makes a live input for a channel. Cloudflare has no idempotency key: after a refusal that isn't final one may
   * exist, so look for it before creating again.
   */
  create(channel: string, options?: CallOptions): Promise<LiveInputResult>;
  get(uid: string, options?: CallOptions): Promise<LiveInputResult>;
  /** Gives an existing one the settings that it is to have. Two calls; a slot given in `options` is for the first. */
  configure(uid: string, options?: CallOptions): Promise<LiveInputResult>;
  /** Two calls; a slot given in `options` is for the first. */
  setEnabled(uid: string, enabled: boolean, options?: CallOptions): Promise<EnableResult>;
}

/** How long a picture may be gone before the next one starts a new video, and viewers see an end. */
const timeoutSeconds = 60;

/**
 * Cloudflare Stream's live inputs (Cloudflare docs: stream/stream-live/start-stream-live). Nothing that Cloudflare or
 * the network do throws; see `CloudflareTransport.call` for what does.
 */
export function createLiveInputs(transport: CloudflareTransport, settings: LiveInputSettings, log: Logger): LiveInputs {
  const { requireSignedUrls, deleteRecordingAfterDays } = settings;
  const recordingSettings = requireSignedUrls ? { requireSignedURLs: true } : {};
  // Inside `recording` Cloudflare ignores it, and says nothing (measured on a real account).
  const topSettings = deleteRecordingAfterDays === null ? {} : { deleteRecordingAfterDays };
  /** Asked once, and still otherwise: they are not asked again by this process. */
  const unwilling = new Set<string>();

  async function fetchLiveInput(uid: string, options?: CallOptions) {
    const path = ["live_inputs", uid];
    return transport.call({ operation: "get_live_input", method: "GET", path, expects: liveInputSchema }, options);
  }

  /** Whether PUT keeps what it is not given is not documented: so it is given everything. */
  function put<T>(uid: string, input: Answered, expects: z.ZodType<T>, options?: CallOptions) {
    const { meta, recording, preferLowLatency, deleteRecordingAfterDays: days, enabled } = input;
    const body = { meta, recording, preferLowLatency, deleteRecordingAfterDays: days, enabled };
    return transport.call(
      { operation: "update_live_input", method: "PUT", path: ["live_inputs", uid], body, expects },
      { context: options?.context },
    );
  }

  function isAsWanted({ recording, deleteRecordingAfterDays: days }: Answered): boolean {
    const isKeptAsLong = deleteRecordingAfterDays === null || days === deleteRecordingAfterDays;
    return isKeptAsLong && (!requireSignedUrls || recording?.requireSignedURLs === true);
  }

  function describe(input: Answered): LiveInput {
    return { ...toLiveInput(input), isAsConfigured: isAsWanted(input) || unwilling.has(input.uid) };
  }

  /** What Cloudflare made of our settings: it answers 200 also to those that it ignores. */
  function accepted(input: Answered): LiveInput {
    if (!isAsWanted(input)) {
      unwilling.add(input.uid);
      const { uid, recording, deleteRecordingAfterDays: days } = input;
      const has = { requireSignedUrls: recording?.requireSignedURLs ?? null, deleteRecordingAfterDays: days ?? null };
      log.warn({ liveInput: uid, wanted: settings, has }, "live_input.settings_ignored");
    }
    return describe(input);
  }

  return {
    async findByChannel(channel, options) {
      const answer = await transport.call(
        { operation: "list_live_inputs", method: "GET", path: ["live_inputs"], expects: listSchema },
        options,
      );
      if (!answer.ok) return answer;
      const ours = answer.result.filter((row) => row.meta?.tallyChannel === channel);
      ours.sort((a, b) => (a.created < b.created ? -1 : 1));
      return { ok: true, uid: ours[0]?.uid ?? null };
    },

    async create(channel, options) {
      const answer = await transport.call(
        {
          operation: "create_live_input",
          method: "POST",
          path: ["live_inputs"],
          body: {
            meta: { name: channel, tallyChannel: channel },
            // The default mode, `off`, makes nothing to watch.
            recording: { mode: "automatic", timeoutSeconds, ...recordingSettings },
            ...topSettings,
          },
          expects: liveInputSchema,
        },
        options,
      );
      if (!answer.ok) return answer;
      const mode = answer.result.recording?.mode;
      // Cloudflare answers 200 to settings that it ignores.
      if (mode !== "automatic") return unwatchable(`created the live input with recording mode "${String(mode)}"`);
      return { ok: true, liveInput: accepted(answer.result) };
    },

    async get(uid, options) {
      const answer = await fetchLiveInput(uid, options);
      return answer.ok ? { ok: true, liveInput: describe(answer.result) } : answer;
    },

    async configure(uid, options) {
      const found = await fetchLiveInput(uid, options);
      if (!found.ok) return found;
      const { recording, ...rest } = found.result;
      const change = { ...rest, ...topSettings, recording: { ...recording, ...recordingSettings } };
      const answer = await put(uid, change, liveInputSchema, options);
      return answer.ok ? { ok: true, liveInput: accepted(answer.result) } : answer;
    },

    async setEnabled(uid, enabled, options) {
      const found = await fetchLiveInput(uid, options);
      if (!found.ok) return found;
      const answer = await put(uid, { ...found.result, enabled }, z.unknown(), options);
      return answer.ok ? { ok: true } : answer;
    },
  };
}

function unwatchable(words: string): CloudflareRefusal {
  const message = `${words}, not "automatic": it could not be watched`;
  const error = callError({
    provider: "cloudflare",
    operation: "create_live_input",
    status: 200,
    code: null,
    message,
  });
  return { ok: false, final: true, notFound: false, retryAfterMs: null, error };
}

const rowSchema = z.object({
  uid: pathSegment,
  created: z.string().catch(""),
  meta: z.object({ tallyChannel: z.unknown().optional() }).nullable().catch(null),
});

/** The API reference says `{liveInputs: [...]}`, other lists of Stream are bare arrays. Paging is not documented. */
const listSchema = z.union([
  z.array(rowSchema),
  z.object({ liveInputs: z.array(rowSchema) }).transform(({ liveInputs }) => liveInputs),
]);

const textOrNull = z.string().nullable().catch(null);

const liveInputSchema = z.object({
  uid: pathSegment,
  enabled: z.boolean().catch(true),
  meta: z.unknown().optional(),
  recording: z.looseObject({ mode: z.unknown().optional(), requireSignedURLs: z.unknown().optional() }).optional(),
  preferLowLatency: z.unknown().optional(),
  deleteRecordingAfterDays: z.unknown().optional(),
  rtmps: z.object({ url: z.url({ protocol: /^rtmps?$/ }), streamKey: z.string().min(1) }),
  status: z.unknown().optional(),
  webRTC: z.object({ url: textOrNull }).nullable().catch(null),
  playback: z.object({ hls: textOrNull }).nullable().catch(null),
});

type Answered = z.infer<typeof liveInputSchema>;

function toLiveInput(input: Answered): Omit<LiveInput, "isAsConfigured"> {
  const signed = input.recording?.requireSignedURLs;
  const { url, streamKey } = input.rtmps;
  return {
    uid: input.uid,
    enabled: input.enabled,
    rtmpUrl: new RtmpUrl(`${url.replace(/\/*$/, "/")}${streamKey}`),
    state: ingestState(input.status),
    playbackBase: playbackBase(input.playback?.hls ?? null) ?? playbackBase(input.webRTC?.url ?? null),
    signed: typeof signed === "boolean" ? signed : null,
  };
}

/** A URL that we put before viewers: taken only from Cloudflare's own hosts. */
function playbackBase(url: string | null): string | null {
  return /^https:\/\/customer-[a-z0-9]+\.cloudflarestream\.com(?=\/)/.exec(url ?? "")?.[0] ?? null;
}
