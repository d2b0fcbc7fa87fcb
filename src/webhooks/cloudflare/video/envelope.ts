import type { Route } from "../../../eventlog/index.ts";
import type { Body } from "../../body.ts";
import type { Envelope } from "../../delivery.ts";
import { isObject } from "../../fields.ts";
import { isProviderId, keyOfBytes, keyOfParts } from "../../keys.ts";
import { toDate } from "../../times.ts";
import { outcomeOf, video } from "./video.ts";

/** Reads the envelope of a Stream webhook. It has no id either: the video, its state and when that was set make one. */
export function readCloudflareVideoEnvelope(body: Body): Envelope {
  if (!isObject(body.payload)) return { type: "unknown", dedupeKey: keyOfBytes(body), route: null, occurredAt: null };
  const { uid, liveInput, modified, created, ...rest } = video.parse(body.payload);
  const { state } = rest.status;
  const named = isProviderId(uid) && typeof state === "string";
  return {
    type: `video.${outcomeOf(rest)}`,
    dedupeKey: named ? keyOfParts("video", uid, state, modified === "" ? body.sha256 : modified) : keyOfBytes(body),
    route: routeOf(liveInput, uid),
    occurredAt: toDate(Date.parse(modified)) ?? toDate(Date.parse(created)),
  };
}

/** The live input that was recorded, if the body names it; that it does is documented for the list of videos only. */
function routeOf(liveInput: unknown, uid: unknown): Route | null {
  if (isProviderId(liveInput)) return { kind: "live_input", key: liveInput };
  return isProviderId(uid) ? { kind: "video", key: uid } : null;
}
