import { tracked, type TrackedEnvelope } from "@trpc/server";

import type { ChannelRow } from "../../db/index.ts";
import type { Status } from "../../live/index.ts";
import { Problem } from "../problem.ts";
import { versionOf } from "../status/stream-status.ts";
import { watchStatus } from "../status/watch-status.ts";
import type { Context } from "./procedures.ts";

/**
 * A channel's statuses for a subscription, each with its version as id. It keeps a place among the streams.
 *
 * @param lastEventId - the id that the client has
 * @param left - aborted when the client is gone
 * @throws {Problem} `token_expired` when what the caller showed ends: the app must get another; `unauthenticated` when its
 *   key is revoked; `unavailable` when the
 *   stream is too old or the process stops: tRPC's clients connect again by themselves
 */
export async function* followStatus(
  { api, principal, response }: Context,
  { name }: ChannelRow,
  lastEventId: unknown,
  left: AbortSignal | undefined,
): AsyncGenerator<TrackedEnvelope<Status>, void, void> {
  const place = api.readers.reserve(response, principal);
  const signal = left === undefined ? place.signal : AbortSignal.any([place.signal, left]);
  try {
    for await (const status of watchStatus(api, { name }, { after: versionOf(lastEventId), signal })) {
      place.sent();
      yield tracked(String(status.version), status);
    }
    if (left?.aborted !== true && place.signal.aborted) throw endOf(place.signal.reason);
  } finally {
    place.leave();
  }
}

function endOf(why: unknown): Problem {
  if (why === "expired") {
    return new Problem("token_expired", "The token has expired: get another, and subscribe again.");
  }
  if (why === "revoked") return new Problem("unauthenticated", "The key was revoked: send another.");
  return new Problem("unavailable", "The stream ends here: connect again.", { headers: { "retry-after": "1" } });
}
