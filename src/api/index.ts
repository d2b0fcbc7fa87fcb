export type { Api } from "./api.ts";
export { type Authentication, createAuthentication, type Credentials } from "./auth/authentication.ts";
export { answerNotFound, createErrorHandler } from "./handle-errors.ts";
export { createHealthRouter, type HealthDeps } from "./health.ts";
export { createOpenApiRouter } from "./openapi/router.ts";
export { Problem } from "./problem.ts";
export { logRequests, note } from "./request-log.ts";
export { createStatuses } from "./status/statuses.ts";
export { createV1Router } from "./v1.ts";
