import { randomUUID } from "node:crypto";

import { z } from "zod";

import { type CallError, callError } from "../call-error.ts";
import type { CallOptions } from "../provider-call.ts";
import type { RtmpUrl } from "../rtmp-url.ts";
import type { Disposition } from "./codes.ts";
import {
  convertedSchema,
  type Converter,
  converterPageSchema,
  type ConverterState,
  createdSchema,
} from "./converter-answers.ts";
import { type ConverterLayout, createBody, type CreateConverter, layoutBody, rtmpBody } from "./converter-body.ts";
import type { AgoraRegion } from "./hosts.ts";
import { type Refused, refused, type UpdateResult } from "./refused.ts";
import type { AgoraRequest, AgoraTransport } from "./transport.ts";
import { urlSecret } from "./url-secret.ts";

export interface MediaPushSettings {
  appId: string;
  /** Where converters run: near the server that they push to. A converter answers in its own region only. */
  region: AgoraRegion;
  /** After everybody has left the channel for so long, Agora ends the converter. The backstop; 300 is recommended. */
  idleTimeoutSeconds: number;
}

/**
 * `retry`: the same name again; if the first try was carried out after all, the answer is `exists`. `rename`: only under
 * another name. `capacity`: the project's quota is used up, or Agora is full.
 */
type CreateRefusal = Extract<Disposition, "retry" | "rename" | "capacity" | "final">;

export type CreateConverterResult =
  | { ok: true; converterId: string; state: ConverterState | null }
  /** A converter of this name exists: find it and take it over. */
  | (Refused & { disposition: "exists" })
  /** `mayRun`: the request may have been received, so a converter may run. */
  | (Refused & { disposition: CreateRefusal; mayRun: boolean });

export type ConverterResult =
  | { ok: true; found: "exists"; state: ConverterState | null }
  /** Gone, or moving to another machine for up to 120 s (Agora docs: media-push, integration-best-practices). */
  | { ok: true; found: "not_found" }
  | Refused;

/** `converter` is null if the channel has none of the name. */
export type FindConverterResult = { ok: true; converter: Converter | null } | Refused;

export type RemoveConverterResult =
  { ok: true; outcome: "accepted" } | { ok: true; outcome: "not_found"; error: CallError } | Refused;

/** Changes of one converter are numbered: the greatest number wins, whatever the order of arrival. */
interface Change {
  converterId: string;
  /** From 0, greater with each change of the converter. */
  sequence: number;
}

export interface MediaPush {
  create(input: CreateConverter, options?: CallOptions): Promise<CreateConverterResult>;
  get(converterId: string, options?: CallOptions): Promise<ConverterResult>;
  /** Finds a channel's converter by its name, over all pages of the channel's list. Each page is a call. */
  find(channel: string, name: string, options?: CallOptions): Promise<FindConverterResult>;
  /** Pushes to another URL. Agora takes two changes a second of one converter. */
  updateRtmp(input: Change & { rtmpUrl: RtmpUrl }, options?: CallOptions): Promise<UpdateResult>;
  /** Shows these hosts. The size of the picture stays that of the creation: `picture` only says what to divide. */
  arrange(input: Change & ConverterLayout, options?: CallOptions): Promise<UpdateResult>;
  remove(converterId: string, options?: CallOptions): Promise<RemoveConverterResult>;
}

/** 500 converters each; a project may have 300 (Agora docs: media-push, integration-best-practices). */
const mostPages = 10;

/**
 * Agora Media Push with transcoding: a converter mixes a channel's hosts and pushes the result to an RTMP URL (Agora docs:
 * media-push, restful-api). Nothing that Agora or the network do throws; see `AgoraTransport.call` for what does.
 */
export function createMediaPush(settings: MediaPushSettings, transport: AgoraTransport): MediaPush {
  const { appId, idleTimeoutSeconds } = settings;
  const project = ["v1", "projects", appId];
  const converters = [settings.region.toLowerCase(), ...project, "rtmp-converters"];

  /** With an id for each request, by which Agora's support finds it (same page, `X-Request-ID`). */
  function call<T>(request: AgoraRequest<T>, options: CallOptions | undefined) {
    return transport.call({ ...request, requestId: randomUUID() }, options);
  }

  async function update(
    { converterId, sequence }: Change,
    request: { body: object; secrets?: string[] },
    options: CallOptions | undefined,
  ): Promise<UpdateResult> {
    const path = [...converters, converterId];
    const answer = await call(
      { operation: "update_converter", method: "PATCH", path, query: { sequence }, ...request, expects: z.unknown() },
      options,
    );
    return answer.ok ? { ok: true } : refused(answer);
  }

  return {
    async create(input, options) {
      const answer = await call(
        {
          operation: "create_converter",
          method: "POST",
          path: converters,
          body: createBody(input, idleTimeoutSeconds),
          secrets: [urlSecret(input.rtmpUrl.reveal())],
          expects: createdSchema,
        },
        options,
      );
      if (answer.ok) return { ok: true, converterId: answer.body.converter.id, state: answer.body.converter.state };
      const { disposition, mayRun } = answer;
      if (disposition === "exists") return { ...refused(answer), disposition };
      return { ...refused(answer), disposition: createRefusal(disposition), mayRun };
    },

    async get(converterId, options) {
      const path = [...converters, converterId];
      const answer = await call({ operation: "get_converter", method: "GET", path, expects: convertedSchema }, options);
      if (answer.ok) return { ok: true, found: "exists", state: answer.body };
      return answer.disposition === "not_found" ? { ok: true, found: "not_found" } : refused(answer);
    },

    async find(channel, name, options) {
      const operation = "list_converters" as const;
      const path = [...project, "channels", channel, "rtmp-converters"];
      let cursor: string | null = null;
      for (let page = 0; page < mostPages; page++) {
        const query: Record<string, string> = cursor === null ? {} : { cursor };
        // A slot is good for one call.
        const ofPage = page === 0 ? options : { ...options, slot: undefined };
        const answer = await call({ operation, method: "GET", path, query, expects: converterPageSchema }, ofPage);
        if (!answer.ok) return refused(answer);
        const converter = answer.body.converters.find((candidate) => candidate.name === name);
        if (converter) return { ok: true, converter };
        cursor = answer.body.nextCursor;
        if (cursor === null) return { ok: true, converter: null };
      }
      const message = `the channel's list of converters has no end after ${mostPages} pages`;
      const error = callError({ provider: "agora", operation, status: 200, code: null, message });
      return { ok: false, retryAfterMs: null, error };
    },

    updateRtmp({ rtmpUrl, ...change }, options) {
      return update(change, { body: rtmpBody(rtmpUrl), secrets: [urlSecret(rtmpUrl.reveal())] }, options);
    },

    arrange(input, options) {
      return update(input, { body: layoutBody(input) }, options);
    },

    async remove(converterId, options) {
      const path = [...converters, converterId];
      const answer = await call(
        { operation: "remove_converter", method: "DELETE", path, expects: z.unknown() },
        options,
      );
      if (answer.ok) return { ok: true, outcome: "accepted" };
      if (answer.disposition === "not_found") return { ok: true, outcome: "not_found", error: answer.error };
      return refused(answer);
    },
  };
}

/** The other dispositions are of other operations: met here, they say only that this call cannot succeed. */
function createRefusal(disposition: Disposition): CreateRefusal {
  return disposition === "retry" || disposition === "rename" || disposition === "capacity" ? disposition : "final";
}
