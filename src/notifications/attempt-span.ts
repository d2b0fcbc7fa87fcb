import type { Span, Traces } from "../traces/index.ts";
import type { Claimed } from "./claim.ts";
import { hostOf } from "./endpoint-url.ts";

/** The span of one attempt to deliver a notification: a part of what decided that it is told. */
export function beginAttemptSpan(traces: Traces, claimed: Claimed): Span {
  return traces.begin(`notify ${claimed.type}`, claimed.trace, {
    kind: "client",
    attributes: {
      "http.request.method": "POST",
      "server.address": hostOf(new URL(claimed.url)),
      "tally.notification_id": claimed.notificationId,
      "tally.attempt": claimed.attempts + 1,
      ...(claimed.channelId === 0 ? {} : { "tally.channel_id": claimed.channelId }),
    },
  });
}
