export { type AdvanceResult, createAdvance } from "./advance.ts";
export type { AdvanceRules } from "./advance-once.ts";
export { type CatchUp, listCatchUps, requestCatchUp } from "./catch-up/row.ts";
export { isStillWanted } from "./effects/is-still-wanted.ts";
export type { Attempted } from "./effects/perform.ts";
export type { Providers } from "./effects/performance.ts";
export { createEngine, type Engine, type EngineValues } from "./engine.ts";
export { addJobs } from "./enqueue.ts";
export { createLease, LeaseLost } from "./lease.ts";
export { planRebuild, rebuildChannel } from "./rebuild.ts";
export {
  applyReplay,
  type ChannelReplay,
  planReplay,
  type ReplayMode,
  type ReplayPlan,
  type ReplayRules,
} from "./replay.ts";
