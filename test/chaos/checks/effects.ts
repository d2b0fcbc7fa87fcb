import { type Account, outcomesOf } from "../account.ts";
import { isStartOf, isStopOf, type Relay, relaysOf } from "../relays.ts";
import type { Problem } from "./problem.ts";

/** Nothing is done at a provider once Tally knows that it was done, and no start is carried out twice. */
export function checkEffects(account: Account): Problem[] {
  const { calls } = account.record;
  const names = new Map(account.channels.map(({ id, name }) => [id, name]));
  const nameOf = (channelId: number | null) => (channelId === null ? null : (names.get(channelId) ?? null));
  const relays = relaysOf(account.record);
  // A second converter of one name is known by its id.
  const relaysBy = (resource: string) => relays.filter((relay) => relay.resource === resource || relay.id === resource);

  const startedAgain = outcomesOf(account, "RecorderStartAccepted")
    .filter(({ at, outcome }) => calls.some((call) => call.at > at && isStartOf(call, outcome.resourceId)))
    .map(({ channelId, outcome }) => again(nameOf(channelId), "start", outcome.resourceId));
  const stoppedAgain = outcomesOf(account, "RecorderStopAccepted")
    .filter(({ at, outcome }) =>
      relaysBy(outcome.resourceId).some((relay) => calls.some((call) => call.at > at && isStopOf(call, relay))),
    )
    .map(({ channelId, outcome }) => again(nameOf(channelId), "stop", outcome.resourceId));

  const carriedOut = new Map<string, Relay[]>();
  for (const { channelId, outcome } of outcomesOf(account, "RecorderAcquired")) {
    const attempt = `${nameOf(channelId)}: session ${outcome.session}, attempt ${outcome.attempt}`;
    const started = relays.filter(({ resource }) => resource === outcome.resourceId);
    if (started.length > 0) carriedOut.set(attempt, [...(carriedOut.get(attempt) ?? []), ...started]);
  }
  const twice = [...carriedOut]
    .filter(([, started]) => started.length > 1)
    .map(([attempt, started]) => ({
      channel: attempt.split(":")[0] ?? null,
      words: `the start of ${attempt} was carried out ${started.length} times: ${started.map(({ id }) => id).join(", ")}`,
    }));
  return [...startedAgain, ...stoppedAgain, ...twice];
}

function again(channel: string | null, what: "start" | "stop", resource: string): Problem {
  return { channel, words: `${what} of ${resource} was called again after it had succeeded` };
}
