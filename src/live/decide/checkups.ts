import type { Decision } from "../events.ts";
import { ingestConfirmed } from "../picture.ts";
import { askAgainMs } from "../questions.ts";
import { endCheckAt, isReachable, liveRtmp, lostAfterMs, missingCheckAt, relayRecorder, runs } from "../recorders.ts";
import type { ChannelState, Check, Recorder } from "../state.ts";
import { type Deciding, overdueMs, type Rule } from "./deciding.ts";
import { stopCheckAt } from "./stop.ts";

/** A resource that nothing was started with is worth nothing after five minutes (Agora docs: acquire). */
const resourceLifeMs = 300_000;
/** A recorder that still has no id after its longest possible life (and an hour) can't run any more. */
const expiryMarginMs = 3_600_000;

/** Asked, and the answer is still to be expected. */
export function isPending(check: Check | null, { due }: Deciding): boolean {
  return check !== null && check.answeredAt === null && !due(check.askedAt + overdueMs);
}

/** Several questions in one go take a number each. */
export function numbered(questions: Decision[]): Decision[] {
  return questions.map((question, i) => ("check" in question ? { ...question, check: question.check + i } : question));
}

/** Asks who is in the channel, unless that question is on its way or was asked a moment ago. */
export function requestPresenceCheck(state: ChannelState, deciding: Deciding): Decision[] {
  if (!mayAsk(state.checks.presence, deciding)) return [];
  return [{ type: "PresenceCheckRequested", check: state.checks.count + 1 }];
}

export function requestIngestCheck(state: ChannelState, deciding: Deciding): Decision[] {
  if (!mayAsk(state.checks.ingest, deciding)) return [];
  return [{ type: "IngestCheckRequested", check: state.checks.count + 1 }];
}

export function requestRecorderCheck(
  state: ChannelState,
  resourceId: string,
  recorder: Recorder,
  deciding: Deciding,
): Decision[] {
  if (!mayAsk(recorder.check, deciding)) return [];
  return [{ type: "RecorderCheckRequested", check: state.checks.count + 1, resourceId }];
}

/**
 * An open session in which nothing was heard of anybody for long: a leave may be lost, and would bill for hours. And any
 * channel whose presence is in doubt: a join may be lost.
 */
export const checkPresence: Rule = (state, deciding) => {
  if (state.doubtedAt !== undefined) return requestPresenceCheck(state, deciding);
  const { session } = state;
  const { checkupMs } = deciding.policy;
  if (checkupMs === 0 || session === null || session.ending !== null) return [];
  const heardAt = Math.max(session.openedAt, state.host.heardAt ?? 0);
  return deciding.due(heardAt + checkupMs) ? requestPresenceCheck(state, deciding) : [];
};

/**
 * Whether the picture arrives is in doubt; or Agora doesn't find the recorder whose picture we believe to arrive. It may
 * be moving, and is left alone for so long, but what viewers have in the meantime Cloudflare knows: each time that Agora
 * is asked, it is too.
 */
export const checkPicture: Rule = (state, deciding) => {
  const { liveInput, checks, pictureDoubtedAt, relay } = state;
  if (liveInput.uid === null) return [];
  if (pictureDoubtedAt !== undefined) {
    // Without a relay nothing hangs on the answer, so a refusal is one.
    const isRefused = checks.ingest?.failed === true && checks.ingest.askedAt >= pictureDoubtedAt;
    return isRefused && relay === null ? [] : requestIngestCheck(state, deciding);
  }
  const recorder = relayRecorder(state);
  if (recorder?.state !== "running" || recorder.missingAt === null || !ingestConfirmed(state)) return [];
  const askedAt = recorder.check?.askedAt ?? recorder.missingAt;
  return (checks.ingest?.askedAt ?? 0) >= askedAt ? [] : requestIngestCheck(state, deciding);
};

/** A recorder that is silent, suspect, missing or should have stopped by now is asked about. */
export const checkRecorders: Rule = (state, deciding) => {
  const questions = Object.entries(state.recorders).flatMap(([resourceId, recorder]) =>
    recorder.state === "ended"
      ? checkEnd(state, resourceId, recorder, deciding)
      : checkRecorder(state, resourceId, recorder, deciding),
  );
  return numbered(questions);
};

function checkEnd(state: ChannelState, resourceId: string, recorder: Recorder, deciding: Deciding): Decision[] {
  const at = endCheckAt(recorder, deciding.policy);
  return at !== null && deciding.due(at) ? requestRecorderCheck(state, resourceId, recorder, deciding) : [];
}

function checkRecorder(state: ChannelState, resourceId: string, recorder: Recorder, deciding: Deciding): Decision[] {
  const check = recorder.check?.id ?? 0;
  if (isProvenGone(recorder, deciding)) return [{ type: "RecorderPresumedEnded", resourceId, check, why: "not_found" }];
  if (recorder.recordingSid === null) {
    const life = recorder.start === "refused" ? resourceLifeMs : deciding.policy.maxSessionMs + expiryMarginMs;
    if (deciding.due(recorder.acquiredAt + life)) {
      return [{ type: "RecorderPresumedEnded", resourceId, check, why: "expired" }];
    }
  }
  if (!isReachable(recorder)) return [];
  return isQuestionDue(recorder, deciding) ? requestRecorderCheck(state, resourceId, recorder, deciding) : [];
}

/** A 404 also means that it is moving (Agora docs: both best practices), for a while. */
function isProvenGone(recorder: Recorder, { policy }: Deciding): boolean {
  const { missingAt, check } = recorder;
  if (missingAt === null || check?.answeredAt == null || check.failed) return false;
  return check.askedAt >= missingAt + lostAfterMs(recorder, policy);
}

function isQuestionDue(recorder: Recorder, { policy, due }: Deciding): boolean {
  if (recorder.suspect) return true;
  const missingAt = missingCheckAt(recorder, policy);
  if (missingAt !== null) return due(missingAt);
  const stopAt = stopCheckAt(recorder);
  const asked =
    recorder.check !== null && !recorder.check.failed && stopAt !== null && recorder.check.askedAt >= stopAt;
  if (stopAt !== null && !asked && due(stopAt)) return true;
  if (policy.checkupMs === 0 || !runs(recorder)) return false;
  // By the last word on the push. Other signs of life don't count: an upload reports its progress every minute, whether
  // or not a picture leaves the recorder.
  const toldAt = Math.max(liveRtmp(recorder)?.at ?? recorder.at, recorder.check?.askedAt ?? 0);
  return due(toldAt + policy.checkupMs);
}

function mayAsk(check: Check | null, deciding: Deciding): boolean {
  if (check === null) return true;
  if (isPending(check, deciding)) return false;
  return !check.failed || deciding.due(check.askedAt + askAgainMs);
}
