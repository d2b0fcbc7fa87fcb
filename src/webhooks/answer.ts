import type { Response } from "express";

import type { Reception } from "./receive.ts";

/** An HTTP answer as a value. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** What a delivery is answered; the sender may be anybody, so nothing says why a signature failed. */
export function answerTo(reception: Reception): Answer {
  switch (reception.outcome) {
    case "stored":
      return received({ received: true });
    case "duplicate":
      return received({ received: true, duplicate: true });
    case "unauthenticated":
      return problem(401, "Unauthorized", "unauthenticated", "The webhook's signature or secret is missing or wrong.");
    case "address_refused":
      return problem(403, "Forbidden", "address_refused", "Agora doesn't send its notifications from this address.");
    case "not_stored":
      return problem(503, "Service Unavailable", "not_stored", "The webhook could not be stored: send it again.", {
        "retry-after": "5",
      });
    case "too_large":
      return problem(413, "Content Too Large", "too_large", "A webhook's body may have 1 MiB.");
    case "crowded_out":
      return problem(503, "Service Unavailable", "crowded_out", "Too many large webhooks at once: send it again.", {
        "retry-after": "5",
      });
    case "encoded":
      return problem(415, "Unsupported Media Type", "encoded", "Send the body without a Content-Encoding.");
    case "broken_off":
      return problem(400, "Bad Request", "broken_off", "The body is not as long as its Content-Length.");
  }
}

/** For any method but POST. */
export const methodNotAllowed = problem(405, "Method Not Allowed", "method_not_allowed", "Send webhooks with POST.", {
  allow: "POST",
});

/** Writes an answer. */
export function send(response: Response, { status, headers, body }: Answer): void {
  response
    .status(status)
    .set({ "x-content-type-options": "nosniff", ...headers })
    .send(JSON.stringify(body));
}

/** 200 and JSON is what Agora wants; to it 202 and 204 are failures too (Agora docs: notification center service). */
function received(body: Record<string, unknown>): Answer {
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

/** RFC 9457, with a stable `code`. */
function problem(status: number, title: string, code: string, detail: string, headers: Answer["headers"] = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
    body: { type: "about:blank", title, status, code, detail },
  };
}
