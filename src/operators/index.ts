export { describeCall } from "./describe-call.ts";
export { type EffectItem, findEffect, listEffects, type StoredEffect } from "./effects.ts";
export { type EventDetail, type EventItem, listEventItems, toEventDetail } from "./events.ts";
export { Refused } from "./refused.ts";
export { releaseChannel } from "./release.ts";
export {
  type ChannelReplayItem,
  rebuild,
  replay,
  type ReplayItem,
  toChannelReplayItem,
  toReplayItem,
} from "./replay.ts";
export { adviseRetry, assertRetriable, type RetryAdvice, retryEffects } from "./retry.ts";
export { listSessions, readSessions, type SessionDeps, type SessionItem } from "./sessions.ts";
export { assertOpen, stopSession } from "./stop-session.ts";
