export { createCallJournal } from "./calls.ts";
export { type CallItem, listCalls, type StoredCall, toCallItem } from "./list-calls.ts";
export { listRefusals, type RefusalCount, sumRefusals } from "./list-refusals.ts";
export { type Afterwards, type RecentRefusals, recentRefusals } from "./recent-refusals.ts";
export { adviceOn } from "./refusal-advice.ts";
export { createRefusalCounter, type RefusalCounter } from "./refusals.ts";
