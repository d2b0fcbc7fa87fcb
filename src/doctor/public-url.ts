import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { TLSSocket } from "node:tls";

import { challengeHeader, createProof, proofHeader } from "../deployment-proof.ts";
import { reasonOf } from "../reason-of.ts";
import { whyUnreachable } from "../setup/index.ts";
import { failed, ok, type Outcome, warning } from "./check.ts";

const dayMs = 86_400_000;

/**
 * The service as it is seen at its public URL from here: that it answers, that it is this deployment (it proves that it
 * has the same secrets), and how long its certificate is good.
 *
 * @param secret - as `createProof` takes it
 */
export async function checkPublicUrl(
  { publicUrl, secret }: { publicUrl: string; secret: string },
  now: Date,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const unreachable = whyUnreachable(publicUrl);
  const address =
    unreachable === null ? [] : [warning(unreachable, "Set PUBLIC_URL to the https URL at which they can.")];
  try {
    const challenge = randomBytes(16).toString("hex");
    const answer = await ask(`${publicUrl}/healthz`, challenge, signal);
    return [
      ...address,
      judge(publicUrl, answer, createProof(secret)(challenge)),
      ...judgeCertificate(answer.certificateUntil, now),
    ];
  } catch (error) {
    const todo =
      "Start the service, and see where the name leads and what stands before it (proxy, firewall, certificate).";
    return [...address, failed(`${publicUrl}/healthz can't be had: ${reasonOf(error)}`, todo)];
  }
}

interface Seen {
  status: number;
  proof: string | null;
  certificateUntil: Date | null;
}

function ask(url: string, challenge: string, signal: AbortSignal): Promise<Seen> {
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // A connection of its own, so that its certificate is told.
    const options = { headers: { [challengeHeader]: challenge }, agent: false, signal };
    const sent = request(url, options, (response) => {
      const { socket, statusCode: status = 0, headers } = response;
      const until = socket instanceof TLSSocket ? socket.getPeerCertificate().valid_to : null;
      const proof = headers[proofHeader];
      response.resume();
      resolve({
        status,
        proof: typeof proof === "string" ? proof : null,
        certificateUntil: until === null ? null : new Date(until),
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

function judge(url: string, { status, proof }: Seen, expected: string): Outcome {
  if (status !== 200) {
    return failed(`${url}/healthz answers ${status}, not 200`, "See what answers there: a proxy, or another service.");
  }
  if (proof === expected) return ok(`${url} is this deployment`);
  const what = proof === null ? "something that isn't Tally, or an older one" : "a Tally with other secrets";
  return failed(`at ${url} answers ${what}`, "Point the name at this deployment, or run this with its environment.");
}

/**
 * Agora and Cloudflare refuse an expired one; two weeks are enough to see why it isn't renewed.
 *
 * @param until - its end; null: there is no certificate
 */
export function judgeCertificate(until: Date | null, now: Date): Outcome[] {
  if (until === null) return [];
  const days = Math.floor((until.getTime() - now.getTime()) / dayMs);
  const words = `the certificate is good for ${days} days, until ${until.toISOString().slice(0, 10)}`;
  return [days < 14 ? warning(words, "Renew it, and see why that isn't done by itself.") : ok(words)];
}
