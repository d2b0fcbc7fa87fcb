import type { CallError } from "../call-error.ts";
import type { CallOptions } from "../provider-call.ts";
import type { RtmpUrl } from "../rtmp-url.ts";
import type { UpdateResult } from "./cloud-recording.ts";
import type { Picture } from "./picture.ts";

interface Refused {
  ok: false;
  retryAfterMs: number | null;
  error: CallError;
}
export interface ConverterLayout {
  picture: Picture;
  hosts: readonly number[];
}
export interface CreateConverter extends ConverterLayout {
  channel: string;
  name: string;
  rtmpUrl: RtmpUrl;
}
export type ConverterState = "connecting" | "running" | "failed";
export type CreateConverterResult =
  | { ok: true; converterId: string; state: ConverterState | null }
  | (Refused & { disposition: "exists" })
  | (Refused & { disposition: "retry" | "rename" | "capacity" | "final"; mayRun: boolean });
export type ConverterResult =
  { ok: true; found: "exists"; state: ConverterState | null } | { ok: true; found: "not_found" } | Refused;
export interface Converter {
  converterId: string;
  name: string;
  state: ConverterState | null;
}
export interface MediaPush {
  create(input: CreateConverter, options?: CallOptions): Promise<CreateConverterResult>;
  get(converterId: string, options?: CallOptions): Promise<ConverterResult>;
  find(
    channel: string,
    name: string,
    options?: CallOptions,
  ): Promise<{ ok: true; converter: Converter | null } | Refused>;
  updateRtmp(
    input: { converterId: string; sequence: number; rtmpUrl: RtmpUrl },
    options?: CallOptions,
  ): Promise<UpdateResult>;
  arrange(
    input: ConverterLayout & { converterId: string; sequence: number },
    options?: CallOptions,
  ): Promise<UpdateResult>;
  remove(
    converterId: string,
    options?: CallOptions,
  ): Promise<{ ok: true; outcome: "accepted" } | { ok: true; outcome: "not_found"; error: CallError } | Refused>;
}
