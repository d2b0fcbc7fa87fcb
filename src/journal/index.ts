export { createCallJournal } from "./calls.ts";
export { type CallItem, listCalls, listRefusals, type RefusalCount, type StoredCall, toCallItem } from "./read.ts";
export { createRefusalCounter, type RefusalCounter } from "./refusals.ts";
