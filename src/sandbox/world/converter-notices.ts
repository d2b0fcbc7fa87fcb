import type { Settings } from "../settings.ts";
import type { Clocks } from "./clocks.ts";
import { channelOf, type ConverterConfig } from "./converter-config.ts";
import type { Ncs } from "./ncs.ts";

/** What every notification and answer tells of a converter. */
export interface ConverterSummary {
  id: string;
  createTs: number;
  updateTs: number;
  state: "connecting" | "running" | "failed";
}

/** Agora docs, NCS: Media Push events. */
export type DestroyReason = "Delete Request" | "Idle Timeout" | "Internal Error";

/** What Agora tells of one converter (Agora docs, NCS: Media Push events; product 5). */
export interface ConverterNotices {
  /** 1, with all that was configured. @param requestId - `X-Request-ID` of the call */
  created(requestId: string): void;
  /** 2. @param changed - the part that was updated, from the top of the converter; @param mask - of the call */
  updated(changed: object, mask: string, requestId: string): void;
  /** 3, without the channel. */
  stateChanged(): void;
  /** 4, without the channel. */
  destroyed(reason: DestroyReason): void;
}

const summaryFields = "id,createTs,updateTs,state";

/** @param now - read at every notice */
export function createConverterNotices(
  { ncs, clocks, settings }: { ncs: Ncs; clocks: Clocks; settings: Settings },
  now: () => { config: ConverterConfig; summary: ConverterSummary },
): ConverterNotices {
  function notify(eventType: number, payload: object): void {
    const ms = clocks.agora();
    const lts = settings.converters.ltsUnit === "ms" ? ms : Math.floor(ms / 1000);
    ncs.notify(5, eventType, channelOf(now().config), { ...payload, lts });
  }

  return {
    created(xRequestId) {
      const { config, summary } = now();
      const { id, ...rest } = summary;
      notify(1, { converter: { id, ...config, ...rest }, xRequestId });
    },
    updated(changed, mask, xRequestId) {
      const { summary } = now();
      notify(2, { converter: { ...summary, ...changed }, xRequestId, fields: `${summaryFields},${mask}` });
    },
    stateChanged() {
      notify(3, { converter: now().summary, fields: summaryFields });
    },
    destroyed(destroyReason) {
      const { config, summary } = now();
      const { id, createTs, updateTs } = summary;
      const converter = { id, name: config.name, createTs, updateTs };
      notify(4, { converter, destroyReason, fields: "id,name,createTs,updateTs" });
    },
  };
}
