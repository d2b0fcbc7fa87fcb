import { z } from "zod";

import type { CallError } from "../call-error.ts";
import type { CallOptions } from "../provider-call.ts";
import { pathSegment } from "../provider-http.ts";
import type { RtmpUrl } from "../rtmp-url.ts";
import type { Slot } from "../slots.ts";
import type { StorageGrant } from "../storage/storage-grant.ts";
import type { Disposition } from "./codes.ts";
import type { AgoraRegion } from "./hosts.ts";
import { type RecorderState, recorderStateSchema } from "./recorder-state.ts";
import { type Refused, refused, type UpdateResult } from "./refused.ts";
import { startBody, type StartInput } from "./start-body.ts";
import type { AgoraTransport } from "./transport.ts";
import { urlSecret } from "./url-secret.ts";

export interface CloudRecordingSettings {
  appId: string;
  /** Where Agora records; the storage must be in the same part of the world. */
  region: AgoraRegion;
}

/** `retry`: the same call again. `reacquire`: only with a new resource. `capacity`: Agora is full. */
type StartRefusal = Extract<Disposition, "retry" | "reacquire" | "capacity" | "final">;

export type AcquireResult = { ok: true; resourceId: string } | (Refused & { disposition: StartRefusal });

export type StartResult =
  | { ok: true; recordingSid: string }
  /** One runs already: this resource was started before (201/7), or another with this uid runs (400/53). */
  | (Refused & { disposition: "adopt"; which: "this_resource" | "same_uid"; recordingSid: string | null })
  /** `mayRun`: the start may have been received, so a recorder may run. */
  | (Refused & { disposition: StartRefusal; mayRun: boolean });

export type QueryResult = ({ ok: true } & RecorderState) | { ok: true; found: "not_found"; rtmp: null } | Refused;

export type StopResult =
  | { ok: true; outcome: "accepted" | "already_stopped" }
  /** Gone, or moving to another machine for up to 90 s. */
  | { ok: true; outcome: "not_found"; error: CallError }
  | Refused;

/** A recording that was started. */
export interface RecordingId {
  channel: string;
  uid: number;
  resourceId: string;
  recordingSid: string;
}

export interface CloudRecording {
  /** @param input.resourceExpiredHour - 1 to 720: how long the resource answers to query, update and stop */
  acquire(
    input: { channel: string; uid: number; resourceExpiredHour: number },
    options?: CallOptions,
  ): Promise<AcquireResult>;
  /** To be called within 2 s of acquire (Agora docs); a resource is good for 5 minutes and one recording. */
  start(input: StartInput, options?: CallOptions): Promise<StartResult>;
  query(recording: RecordingId, options?: CallOptions): Promise<QueryResult>;
  /** Pushes to another URL. */
  updateRtmp(recording: RecordingId & { rtmpUrl: RtmpUrl }, options?: CallOptions): Promise<UpdateResult>;
  /** Writes with other keys. To be called alone: Agora wants one update's answer before the next (Agora docs: update). */
  updateStorage(recording: RecordingId & { storage: StorageGrant }, options?: CallOptions): Promise<UpdateResult>;
  /** `accepted` is not yet stopped: the end is told by a notification or a query. */
  stop(recording: RecordingId, options?: CallOptions): Promise<StopResult>;
  /** Slots for an acquire and the start after it, so that the start need not queue again. */
  reservePair(): Promise<{ acquire: Slot; start: Slot }>;
}

/**
 * Agora Cloud Recording in web-page mode (Agora docs: cloud-recording/rest-api). Nothing that Agora or the network do
 * throws; see `AgoraTransport.call` for what does.
 */
export function createCloudRecording(
  { appId, region }: CloudRecordingSettings,
  transport: AgoraTransport,
): CloudRecording {
  const root = ["v1", "apps", appId, "cloud_recording"];
  const resourcePath = (resourceId: string) => [...root, "resourceid", resourceId];
  const recordingPath = ({ resourceId, recordingSid }: RecordingId, operation: string) =>
    resourcePath(resourceId).concat("sid", recordingSid, "mode", "web", operation);

  async function update(
    recording: RecordingId,
    { clientRequest, secrets }: { clientRequest: object; secrets: readonly string[] },
    options: CallOptions | undefined,
  ): Promise<UpdateResult> {
    const answer = await transport.call(
      {
        operation: "update",
        method: "POST",
        path: recordingPath(recording, "update"),
        body: { cname: recording.channel, uid: String(recording.uid), clientRequest },
        secrets,
        expects: z.unknown(),
      },
      options,
    );
    return answer.ok ? { ok: true } : refused(answer);
  }

  return {
    async acquire({ channel, uid, resourceExpiredHour }, options) {
      const answer = await transport.call(
        {
          operation: "acquire",
          method: "POST",
          path: [...root, "acquire"],
          body: { cname: channel, uid: String(uid), clientRequest: { scene: 1, resourceExpiredHour, region } },
          expects: z.object({ resourceId: pathSegment }),
        },
        options,
      );
      if (answer.ok) return { ok: true, resourceId: answer.body.resourceId };
      return { ...refused(answer), disposition: startRefusal(answer.disposition) };
    },

    async start(input, options) {
      const answer = await transport.call(
        {
          operation: "start",
          method: "POST",
          path: [...resourcePath(input.resourceId), "mode", "web", "start"],
          body: startBody(input),
          secrets: [...[input.rtmpUrl.reveal(), input.pageUrl].map(urlSecret), ...input.storage.secrets],
          expects: z.object({ sid: pathSegment }),
        },
        options,
      );
      if (answer.ok) return { ok: true, recordingSid: answer.body.sid };
      const { disposition, mayRun } = answer;
      if (disposition !== "adopt") return { ...refused(answer), disposition: startRefusal(disposition), mayRun };
      const which = answer.error.code === 53 ? "same_uid" : "this_resource";
      return { ...refused(answer), disposition, which, recordingSid: sidOf(answer.body) };
    },

    async query(recording, options) {
      const answer = await transport.call(
        {
          operation: "query",
          method: "GET",
          path: recordingPath(recording, "query"),
          expects: recorderStateSchema,
        },
        options,
      );
      if (answer.ok) return { ok: true, ...answer.body };
      if (answer.disposition === "not_found") return { ok: true, found: "not_found", rtmp: null };
      if (answer.disposition === "already_stopped") return { ok: true, found: "exited", rtmp: null };
      return refused(answer);
    },

    updateRtmp({ rtmpUrl, ...recording }, options) {
      const clientRequest = { rtmpPublishConfig: { outputs: [{ rtmpUrl: rtmpUrl.reveal() }] } };
      return update(recording, { clientRequest, secrets: [urlSecret(rtmpUrl.reveal())] }, options);
    },

    updateStorage({ storage, ...recording }, options) {
      return update(
        recording,
        { clientRequest: { storageConfig: storage.reveal() }, secrets: storage.secrets },
        options,
      );
    },

    async stop(recording, options) {
      const { channel, uid } = recording;
      const answer = await transport.call(
        {
          operation: "stop",
          method: "POST",
          path: recordingPath(recording, "stop"),
          // Answers at once. Without it Agora answers after the upload, 20 s or more: longer than a call may take.
          body: { cname: channel, uid: String(uid), clientRequest: { async_stop: true } },
          expects: z.unknown(),
        },
        options,
      );
      if (answer.ok) return { ok: true, outcome: "accepted" };
      if (answer.disposition === "already_stopped") return { ok: true, outcome: "already_stopped" };
      if (answer.disposition === "not_found") return { ok: true, outcome: "not_found", error: answer.error };
      return refused(answer);
    },

    async reservePair() {
      const [acquire, start] = await transport.reserve(2);
      if (!acquire || !start) throw new Error("slots.reserve gave fewer slots than asked for");
      return { acquire, start };
    },
  };
}

/** The other dispositions are of other operations: met here, they say only that this call cannot succeed. */
function startRefusal(disposition: Disposition): StartRefusal {
  return disposition === "retry" || disposition === "reacquire" || disposition === "capacity" ? disposition : "final";
}

/** Not documented in a refusal, but it would spare waiting for a notification. */
function sidOf(body: unknown): string | null {
  const parsed = z.object({ sid: pathSegment }).safeParse(body);
  return parsed.success ? parsed.data.sid : null;
}
