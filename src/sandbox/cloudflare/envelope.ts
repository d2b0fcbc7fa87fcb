import { type Answer, Refused } from "../refused.ts";

/** Cloudflare's answer around every result (Cloudflare docs: fundamentals/api). */
export function ok(result: unknown): Answer {
  return { status: 200, body: { success: true, errors: [], messages: [], result } };
}

/** What Cloudflare refuses with, as far as its codes are known. */
export const refusals = {
  badToken: () => refused(401, 1000, "Invalid API Token"),
  /** Also for what the token may not do. */
  wrongAccount: () => refused(403, 10000, "Authentication error"),
  notFound: () => refused(404, 10003, "Not Found: The requested resource was not found."),
  badValue: (message: string) => refused(400, 10060, message),
  notInPlan: () => refused(403, 17003, "not entitled: webhooks need a zone on a paid plan"),
  testFailed: (status: number | null) =>
    refused(400, 17001, `Webhook test failed with ${status === null ? "no answer" : `status code ${status}`}`),
  noRoute: () => refused(404, 7000, "No route for that URI"),
  rateLimited: (retryAfterSeconds: number) =>
    refused(429, 971, "Please wait and consider throttling your request speed", {
      "retry-after": String(retryAfterSeconds),
    }),
};

function refused(status: number, code: number, message: string, headers: Record<string, string> = {}): Refused {
  return new Refused({
    status,
    body: { success: false, errors: [{ code, message }], messages: [], result: null },
    headers,
  });
}
