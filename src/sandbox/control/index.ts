export { createControl, type SandboxControl } from "./control.ts";
export { controlRoutes } from "./routes.ts";
