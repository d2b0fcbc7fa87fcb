export { explain } from "./explain.ts";
export { type Call, type Handler, operation, toCall, write } from "./operation.ts";
