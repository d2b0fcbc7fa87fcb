export { type Cost, costOf } from "./cost-of.ts";
export type { Prices } from "./prices.ts";
export { recordedUntil } from "./recorded-until.ts";
