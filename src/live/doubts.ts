import type { Policy } from "./policy.ts";
import { askAgainMs } from "./questions.ts";
import { isReachable, missingCheckAt, relayRecorder, runs } from "./recorders.ts";
import type { ChannelState, Check } from "./state.ts";

/** The state in which Cloudflare is to be asked whether the picture arrives, if there is anything to ask about. */
export function withPictureDoubt(state: ChannelState, at: number): ChannelState {
  return state.liveInput.uid === null ? state : { ...state, pictureDoubtedAt: at };
}

/** The state in which Agora is to be asked about this recorder, if it may run. */
export function suspected(state: ChannelState, resourceId: string): ChannelState {
  const recorder = state.recorders[resourceId];
  if (recorder === undefined || recorder.state === "ended" || !isReachable(recorder)) return state;
  return { ...state, recorders: { ...state.recorders, [resourceId]: { ...recorder, suspect: true } } };
}

/** What of an open session we don't know, though it is shown as it was heard last. */
export interface Doubt {
  code: "recorder_not_found" | "host_unknown" | "picture_unknown";
  message: string;
  /** Our clock, ms. */
  since: number;
  /** When the provider is asked the next time (our clock, ms); null: it is being asked. */
  askedAgainAt: number | null;
}

/** The most telling doubt about an open session; null if there is none. */
export function doubtOf(state: ChannelState, policy: Policy): Doubt | null {
  const { session, checks, doubtedAt, pictureDoubtedAt } = state;
  if (session === null || session.closedAt !== null) return null;
  const recorder = relayRecorder(state);
  if (recorder !== null && runs(recorder) && recorder.missingAt !== null) {
    const isAsked = recorder.check !== null && recorder.check.answeredAt === null;
    return {
      code: "recorder_not_found",
      message: "Agora doesn't find the recorder: it is gone, or moving to another machine.",
      since: recorder.missingAt,
      askedAgainAt: isAsked ? null : missingCheckAt(recorder, policy),
    };
  }
  return (
    refused("host_unknown", "Agora doesn't say who is in the channel.", doubtedAt, checks.presence) ??
    refused("picture_unknown", "Cloudflare doesn't say whether the picture arrives.", pictureDoubtedAt, checks.ingest)
  );
}

/** A question that was just asked is no doubt yet: most are answered within a second. */
function refused(code: Doubt["code"], message: string, since: number | undefined, check: Check | null): Doubt | null {
  if (since === undefined || check === null || !check.failed || check.askedAt < since) return null;
  return { code, message, since, askedAgainAt: check.askedAt + askAgainMs };
}
