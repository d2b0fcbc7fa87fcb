import { Refused } from "../../refused.ts";
import type { PictureSize, World } from "../../world/index.ts";

/**
 * What Media Push refuses with (Agora docs: media-push/develop/restful-api, status codes; integration-best-practices).
 * The text says that a refusal has a `message`; the sample of 404 has a `reason`, and so had a 403 that was seen: a
 * setting can make it one of the two always.
 */
export function refusals({ settings }: World) {
  function refuse(
    status: number,
    documented: "message" | "reason",
    text: string,
    headers: Record<string, string> = {},
  ): Refused {
    const { errorMember } = settings.converters;
    return new Refused({ status, body: { [errorMember === "documented" ? documented : errorMember]: text }, headers });
  }

  return {
    invalid: (parameter: string, why: string) =>
      refuse(400, "message", `Invalid parameter: ${parameter}. Replace it, and retry. (${why})`),
    badCredentials: () => refuse(401, "message", "Invalid authentication credentials."),
    notEnabled: () => refuse(403, "reason", "No valid permission to use this function. Contact us."),
    notFound: () => refuse(404, "reason", "Resource is not found and destroyed."),
    nameTaken: () => refuse(409, "message", "Resource with the same name already exists."),
    rateLimited() {
      const { retryAfterSeconds } = settings.limits;
      const headers = retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) };
      return refuse(429, "message", "Request rate limit exceeded.", headers);
    },
    quotaExceeded: (size: PictureSize) =>
      refuse(
        429,
        "message",
        `Resource quota limit exceeded. (converters.quota.${size} is ${settings.converters.quota[size]})`,
      ),
  };
}
