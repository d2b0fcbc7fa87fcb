import type { Decision } from "../events.ts";
import { ingestUnrecoverable, pictureMissing } from "../picture.ts";
import { relayRecorder, updatesOf } from "../recorders.ts";
import type { ChannelState, Recorder, Relay } from "../state.ts";
import { isPending, numbered, requestIngestCheck, requestRecorderCheck } from "./checkups.ts";
import type { Deciding, Rule } from "./deciding.ts";

/**
 * The wanted recorder has ended, or runs and its picture doesn't arrive. Then, one after the other: wait (it may come
 * back by itself), ask both ends (a webhook may be lost), tell Agora to push again, ask again, and at last take another
 * recorder.
 */
export const mendPicture: Rule = (state, deciding) => {
  const { relay, session } = state;
  const recorder = relayRecorder(state);
  if (relay === null || session === null || recorder === null || relay.resourceId === null) return [];
  if (recorder.state === "ended") return release(state, relay, "recorder_ended", deciding);
  if (recorder.state !== "running" || !state.host.present || ingestUnrecoverable(state)) return [];
  // It may be moving to another machine, which is not to be fought: it comes back, or is taken for dead after 90 s.
  if (recorder.missingAt !== null) return [];
  const missing = pictureMissing(state);
  if (missing === null || relay.troubleAt === null) return [];

  const { policy, due } = deciding;
  const patience = missing === "not_confirmed" ? policy.startConfirmMs : policy.ingestLostMs;
  const { resourceId, repointedAt } = relay;
  const askFrom = repointedAt === null ? relay.troubleAt + patience : repointedAt + policy.ingestLostMs;
  if (!due(askFrom)) return [];

  const questions = [
    ...askRecorder(state, resourceId, recorder, askFrom, deciding),
    ...askIngest(state, askFrom, deciding),
  ];
  if (questions.length > 0) return numbered(questions);
  if (!answeredSince(state, recorder, askFrom, deciding)) return [];

  if (repointedAt === null && recorder.recordingSid !== null) {
    const { number } = session;
    const round = recorder.repoints + 1;
    const sequence = updatesOf(recorder);
    return [{ type: "RepointRequested", session: number, attempt: relay.attempt, resourceId, round, sequence }];
  }
  return release(state, relay, missing, deciding);
};

function release(
  state: ChannelState,
  relay: Relay,
  why: "recorder_ended" | "not_confirmed" | "ingest_lost" | "rtmp_disconnected",
  { now, policy }: Deciding,
): Decision[] {
  const session = state.session;
  if (session === null) return [];
  const wasHealthy = relay.healthyAt !== null && now - relay.healthyAt >= policy.healthyMs;
  const restarts = wasHealthy ? 1 : session.restarts + 1;
  return [{ type: "RelayReleased", session: session.number, attempt: relay.attempt, why, restarts }];
}

function askRecorder(
  state: ChannelState,
  resourceId: string,
  recorder: Recorder,
  since: number,
  deciding: Deciding,
): Decision[] {
  if (recorder.recordingSid === null || (recorder.check !== null && recorder.check.askedAt >= since)) return [];
  return requestRecorderCheck(state, resourceId, recorder, deciding);
}

/** Without Cloudflare's answer nothing is torn down: the question is asked again. */
function askIngest(state: ChannelState, since: number, deciding: Deciding): Decision[] {
  const check = state.checks.ingest;
  if (check !== null && check.askedAt >= since && !check.failed) return [];
  return requestIngestCheck(state, deciding);
}

function answeredSince(state: ChannelState, recorder: Recorder, since: number, deciding: Deciding): boolean {
  const { ingest } = state.checks;
  if (ingest === null || ingest.askedAt < since || ingest.answeredAt === null || ingest.failed) return false;
  return recorder.recordingSid === null || !isPending(recorder.check, deciding);
}
