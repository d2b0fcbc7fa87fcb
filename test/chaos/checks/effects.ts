import { type Account, outcomesOf } from "../account.ts";
import type { Problem } from "./problem.ts";

/** Nothing is done at a provider once Tally knows that it was done, and no start is carried out on two resources. */
export function checkEffects(account: Account): Problem[] {
  const names = new Map(account.channels.map(({ id, name }) => [id, name]));
  const nameOf = (channelId: number | null) => (channelId === null ? null : (names.get(channelId) ?? null));
  const called = (operation: string, resourceId: string, after: number) =>
    account.record.calls.filter(
      (call) => call.operation === operation && call.path.includes(resourceId) && call.at > after,
    );

  const again = (["start", "stop"] as const).flatMap((operation) =>
    outcomesOf(account, operation === "start" ? "RecorderStartAccepted" : "RecorderStopAccepted")
      .filter(({ at, outcome }) => called(operation, outcome.resourceId, at).length > 0)
      .map(({ channelId, outcome }) => ({
        channel: nameOf(channelId),
        words: `${operation} of resource ${outcome.resourceId} was called again after it had succeeded`,
      })),
  );

  const recorderOf = new Map(account.record.recorders.map(({ resourceId, sid }) => [resourceId, sid]));
  const carriedOut = new Map<string, string[]>();
  for (const { channelId, outcome } of outcomesOf(account, "RecorderAcquired")) {
    const sid = recorderOf.get(outcome.resourceId);
    const attempt = `${nameOf(channelId)}: session ${outcome.session}, attempt ${outcome.attempt}`;
    if (sid !== undefined) carriedOut.set(attempt, [...(carriedOut.get(attempt) ?? []), sid]);
  }
  const twice = [...carriedOut]
    .filter(([, sids]) => sids.length > 1)
    .map(([attempt, sids]) => ({
      channel: attempt.split(":")[0] ?? null,
      words: `the start of ${attempt} was carried out ${sids.length} times: recorders ${sids.join(", ")}`,
    }));
  return [...again, ...twice];
}
