export { type Finding } from "./check.ts";
export { examine } from "./examine.ts";
export { type Settings } from "./settings.ts";
