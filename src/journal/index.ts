export { type CallJournal, createCallJournal } from "./calls.ts";
export { listCalls, listRefusals, type RefusalCount, type StoredCall } from "./read.ts";
export { createRefusalCounter, type RefusalCounter, type Refused } from "./refusals.ts";
