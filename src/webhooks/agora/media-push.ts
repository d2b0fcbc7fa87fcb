import { z } from "zod";

import type { RtmpStatus } from "../../live/index.ts";
import { anything, looseNumber, optionalObject, optionalText } from "../fields.ts";
import { event, ignored, type Interpretation, read, unrecognised } from "../interpretation.ts";
import { isProviderId } from "../keys.ts";
import { isHealthCheck } from "./health-check.ts";

/** What a Media Push event means. Agora docs: event-types/media-push. */
export function interpretMediaPush(eventType: number, payload: unknown): Interpretation {
  const { converter } = subject.parse(payload);
  if (isHealthCheck(converter.rtcChannel, undefined)) return ignored("health check");
  if (eventType < 1 || eventType > 4) return unrecognised(`no Media Push event that Tally knows: ${eventType}`);
  return read(notice, payload, (told) => interpretNotice(eventType, told));
}

const options = optionalObject({ rtcChannel: anything });

/** The converter that a notification is about, and its channel where it is said: in events 1 and 2. */
export const converterSubject = optionalObject({
  id: anything,
  transcodeOptions: options,
  rawOptions: options,
}).transform(({ id, transcodeOptions, rawOptions }) => ({
  id,
  rtcChannel: transcodeOptions.rtcChannel ?? rawOptions.rtcChannel,
}));

const subject = optionalObject({ converter: converterSubject });

/** No event happens later, in either unit. */
const latest = Date.UTC(9999, 11, 31);

const notice = z.looseObject({
  converter: z.looseObject({
    id: z.string().refine(isProviderId, "no id"),
    name: optionalText,
    state: optionalText,
  }),
  lts: looseNumber.pipe(z.number().min(0).max(latest)),
  destroyReason: optionalText,
});

function interpretNotice(eventType: number, { converter, lts, destroyReason }: z.infer<typeof notice>): Interpretation {
  const { id, name, state } = converter;
  const status = statusOf(state);
  const common = {
    uid: null,
    recordingSid: id,
    ...(name !== "" && { name }),
    sequence: orderOf(lts, status),
    sentAt: secondsOrMs(lts),
  };
  switch (eventType) {
    case 1:
      return event({ type: "RecorderStarted", ...common });
    case 2:
      return event({ type: "RecorderSeen", ...common, what: "converter updated", isRunning: true, files: [] });
    case 3:
      if (status === null) return unrecognised(`no state of a converter that Tally knows: ${JSON.stringify(state)}`);
      return event({ type: "RtmpStatusChanged", ...common, status });
    default: {
      const isAsked = destroyReason.toLowerCase() === "delete request";
      return event({
        type: "RecorderEnded",
        ...common,
        cause: isAsked ? "stopped" : "exited",
        code: isAsked ? 0 : null,
        message: destroyReason === "" ? "destroyed" : destroyReason,
        files: [],
      });
    }
  }
}

const statuses = new Map<string, RtmpStatus>([
  ["connecting", "connecting"],
  ["running", "publishing"],
  ["failed", "disconnected"],
]);

function statusOf(state: string): RtmpStatus | null {
  return statuses.get(state.toLowerCase()) ?? null;
}

const severity: Partial<Record<RtmpStatus, number>> = { connecting: 1, publishing: 2, disconnected: 3 };

/**
 * A converter's notifications have no counter, and their time is in whole seconds: of one second the worse word counts,
 * so that the order of arrival doesn't.
 */
function orderOf(lts: number, status: RtmpStatus | null): number {
  return Math.round(secondsOrMs(lts)) * 4 + (status === null ? 0 : (severity[status] ?? 0));
}

/** `lts` is milliseconds by the docs and seconds in their samples (Agora docs: event-types/media-push). */
export function secondsOrMs(time: number): number {
  return time < 100_000_000_000 ? time * 1000 : time;
}
