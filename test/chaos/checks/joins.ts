import type { Account } from "../account.ts";
import type { Problem } from "./problem.ts";

/** A join that NCS sent in vain four times is lost for good, and nothing makes up for it: the service was away too long. */
export function checkJoins({ record }: Account): Problem[] {
  return record.webhooks
    .filter(
      ({ product, eventType, outcome }) =>
        product === 1 && (eventType === 103 || eventType === 111) && outcome === "failed",
    )
    .map(({ about, attempts }) => ({
      channel: about,
      words: `a host's join was refused ${attempts.length} times: ${attempts.map(({ error }) => error).join("; ")}`,
    }));
}
