import { createHmac, hkdfSync } from "node:crypto";

/** Who asks `/healthz` which deployment it is sends a text of its own here, and gets the proof back there. */
export const challengeHeader = "x-tally-challenge";
export const proofHeader = "x-tally-proof";

/**
 * Answers challenges with what only holders of the deployment's secrets can make: so `tally doctor` can tell that what
 * answers at the public URL is this deployment and not another. Nothing about the deployment can be learned of it.
 *
 * @param secret - one that all of a deployment's processes share; a key of its own is derived of it
 */
export function createProof(secret: string): (challenge: string) => string {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "tally deployment proof", 32));
  return (challenge) => createHmac("sha256", key).update(challenge).digest("hex");
}
