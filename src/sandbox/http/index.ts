export { explain } from "./explain.ts";
export { type Call, type Handler, operation, reply, toCall, write } from "./operation.ts";
