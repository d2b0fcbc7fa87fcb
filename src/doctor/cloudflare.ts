import type { CloudflareAccount } from "../providers/index.ts";
import {
  type CloudflareWanted,
  lookAtCloudflare,
  planCloudflare,
  refusalWords,
  type SetupClients,
} from "../setup/index.ts";
import { failed, ok, type Outcome, warning } from "./check.ts";

const setUp = "tally setup cloudflare does it.";

/** Known and active. */
export async function checkToken(account: CloudflareAccount): Promise<Outcome> {
  const answer = await account.verifyToken();
  if (!answer.ok) return failed(refusalWords(answer.error, "stream"), "Then run this again.");
  const { status, owner, expiresOn } = answer.result;
  const kind = owner === "account" ? "the account's own" : "a user's";
  if (status !== "active") return failed(`the token is ${status}`, "Make a new one: CLOUDFLARE_STREAM_API_TOKEN.");
  return ok(`the token is ${kind}, active${expiresOn === null ? "" : `, until ${expiresOn}`}`);
}

/** The token may read Stream, and there is room for a broadcast. */
export async function checkStream(account: CloudflareAccount): Promise<Outcome> {
  const [inputs, storage] = await Promise.all([account.countLiveInputs(), account.storage()]);
  if (!inputs.ok) return failed(refusalWords(inputs.error, "stream"), "Then run this again.");
  const count = `${inputs.result} live inputs`;
  if (!storage.ok) return ok(`the token reads Stream; ${count}; whether it may write is told by the first live input`);
  const { usedMinutes, limitMinutes } = storage.result;
  const left = Math.floor(limitMinutes - usedMinutes);
  const words = `the token reads Stream; ${count}; ${left} of ${limitMinutes} minutes of storage left`;
  if (left <= 0) return failed(`${words}: no broadcast can begin`, "Buy storage, or delete videos.");
  if (left < limitMinutes / 10) return warning(words, "Buy storage, or let RECORDING_RETENTION_DAYS delete videos.");
  return ok(words);
}

/** Whether Cloudflare tells us what happens: its notifications, and the account's Stream webhook. */
export async function checkCloudflareWebhooks(wanted: CloudflareWanted, clients: SetupClients): Promise<Outcome[]> {
  const looked = await lookAtCloudflare(clients);
  if (!looked.ok) {
    const words = refusalWords(looked.refusal.error, looked.of);
    // A token that may not read notifications is enough for all else.
    return [warning(`can't be looked at: ${words}`, "Give the token that permission, or look in the dashboard.")];
  }
  const { steps, secretToSet } = planCloudflare(wanted, looked.found);
  const video = steps.find((step) => step.kind === "put_stream_webhook");
  const live = steps.filter((step) => step !== video);
  return [
    ...live.map(({ says }) => failed(`to do: ${says}`, setUp)),
    ...(live.length === 0 ? [ok(`live notifications go to ${wanted.liveUrl}`)] : []),
    videoWebhook(video?.says ?? null, secretToSet !== null, wanted.videoUrl),
  ];
}

/** Without it a video is found too, later: by asking. */
function videoWebhook(todo: string | null, isSecretMissing: boolean, url: string): Outcome {
  if (todo !== null) return warning(`to do: ${todo}`, setUp);
  if (!isSecretMissing) return ok(`the Stream webhook goes to ${url}`);
  return warning(
    "CLOUDFLARE_STREAM_WEBHOOK_SECRET isn't the Stream webhook's secret: each is refused",
    "tally setup cloudflare shows the right one.",
  );
}
