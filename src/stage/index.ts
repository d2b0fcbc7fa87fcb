export { createStageRouter } from "./router.ts";
export { createStageUrl } from "./stage-url.ts";
