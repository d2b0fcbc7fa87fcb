export { createStageRouter, type StageSettings } from "./router.ts";
export { createStageUrl } from "./stage-url.ts";
