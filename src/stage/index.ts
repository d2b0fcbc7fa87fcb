export { createStageRouter } from "./router.ts";
export { createStageUrl, type StageVisit } from "./stage-url.ts";
