export { type Counting, countingOf } from "./counting.ts";
export { decide, type Decided } from "./decide.ts";
export type { DecideContext } from "./decide/deciding.ts";
export { type Doubt, doubtOf } from "./doubts.ts";
export { decisionKey, type Effect, effectOf, type EffectType } from "./effects.ts";
export type * from "./events.ts";
export { type Entry, evolve } from "./evolve.ts";
export { hostSince, hostsShown, isPresent } from "./hosts.ts";
export { isLive } from "./picture.ts";
export { isPlayable } from "./playback.ts";
export { defaultPolicy, type Policy } from "./policy.ts";
export { problemReason, type ReasonCode, reasonOf, type StatusReason } from "./reason.ts";
export { modeOf, runs } from "./recorders.ts";
export { renameInEvent, renameInState, renameUids } from "./rename-user.ts";
export { type Resolution, resolutionOf } from "./resolution.ts";
export {
  type ChannelState,
  initialState,
  type Meter,
  type Missed,
  type Presence,
  type Recorder,
  type Relay,
  type Session,
} from "./state.ts";
export { sessionId, type Status, type StatusContext, type StatusState, toStatus } from "./status.ts";
export { reservedUids } from "./uids.ts";
export { isKept, latestSince, mainVideo, type SessionVideo, withVideo } from "./videos.ts";
export { darkSince, hostlessSince } from "./watch.ts";
