import { Refused } from "../refused.ts";

/**
 * What Agora refuses with (Agora docs: cloud-recording/rest-api/status-codes; the codes from 432 on and 8 are from the
 * older page cloud-recording/reference/common-errors, which gives no HTTP status for them: 400 here).
 */
export const refusals = {
  badCredentials: () => gateway(401, "Invalid authentication credentials"),
  invalidAppId: () => gateway(400, "appid is invalid"),
  noRoute: () => gateway(404, "no Route matched with those values"),
  rateLimited: (retryAfterSeconds: number | null) =>
    gateway(
      429,
      "API rate limit exceeded",
      retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) },
    ),
  invalidParameter: (reason: string) => service(400, 2, reason),
  badRequestFormat: (reason: string) => service(400, 8, reason),
  invalidAppIdOnAcquire: () => service(400, 400, "invalid_appid"),
  invalidChannelName: () => service(400, 401, "invalid_channel_name"),
  overloaded: () => service(400, 406, "vendor_over_load"),
  alreadyExiting: () => service(400, 49, "invalid operation"),
  taskConflict: () => service(400, 53, "task conflict"),
  resourceMismatch: (reason: string) => service(400, 432, reason),
  resourceExpired: (reason: string) => service(400, 433, reason),
  resourceUnknown: () => service(400, 1001, "failed to parse the resource ID"),
  sidMismatch: () => service(400, 1003, "the recording ID does not match the resource ID"),
  workerNotFound: () => service(404, 404, "failed to find worker"),
};

/** Refused before it reached the service: `message` and no code. */
function gateway(status: number, message: string, headers: Record<string, string> = {}): Refused {
  return new Refused({ status, body: { message }, headers });
}

function service(status: number, code: number, reason: string): Refused {
  return new Refused({ status, body: { code, reason } });
}
