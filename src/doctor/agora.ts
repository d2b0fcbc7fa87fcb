import type { AgoraChannels, CallError, RecordingStorage } from "../providers/index.ts";
import { failed, ok, type Outcome, skipped, warning } from "./check.ts";

/** Reachable, with credentials that it knows: by the list of channels, which is free. */
export async function checkAgora(channels: AgoraChannels): Promise<Outcome> {
  const answer = await channels.list(0);
  if (!answer.ok) return refused(answer.error);
  return ok(
    `credentials and App ID are taken, ${answer.total} channels now; whether Cloud Recording is enabled only a paid call tells`,
  );
}

function refused({ status, message }: CallError): Outcome {
  if (status === 401) {
    return failed(
      `Agora doesn't know the customer ID and secret (401: ${message})`,
      "Copy both from Agora's console, RESTful API, into AGORA_CUSTOMER_ID and AGORA_CUSTOMER_SECRET.",
    );
  }
  if (status === 403) {
    return failed(
      `Agora refuses this customer the App ID (403: ${message})`,
      "AGORA_APP_ID must be a project of the account whose customer ID is set.",
    );
  }
  if (status === null) return failed(`Agora gives no answer: ${message}`, "Let this machine reach Agora over https.");
  return failed(`Agora answered ${status}: ${message}`, "See Agora's status codes; try again in a minute.");
}

/** @param hosts - base URLs, with how to ask each alone */
export async function checkHosts(hosts: readonly { url: string; channels: AgoraChannels }[]): Promise<Outcome> {
  const answers = await Promise.all(
    hosts.map(async ({ url, channels }) => {
      const answer = await channels.list(0);
      return { host: new URL(url).host, answers: answer.ok || answer.error.status !== null };
    }),
  );
  const silent = answers.filter((answer) => !answer.answers).map(({ host }) => host);
  const reached = answers.length - silent.length;
  if (reached === 0) return failed("none of Agora's hosts answers", "Let this machine reach them over https.");
  if (silent.length === 0) return ok(`${reached} of ${answers.length} answer`);
  return warning(
    `${reached} of ${answers.length} answer; not ${silent.join(", ")}`,
    "Calls are made at the others; a firewall must let all of them through.",
  );
}

/** What can be known of it without a recording. */
export async function checkStorage(
  storage: { bucket: string; sts: object | null } | null,
  grants: RecordingStorage,
): Promise<Outcome> {
  if (storage === null) return skipped("none is set: only Media Push can carry a picture");
  if (storage.sts === null) {
    return ok(`bucket ${storage.bucket}; whether its key may write there only a recording tells`);
  }
  const answer = await grants.grant({ channelId: 0, session: 0 });
  if (answer.ok) return ok(`bucket ${storage.bucket}, the role gives short-lived keys`);
  return failed(
    `the role gives no keys: ${answer.error.message}`,
    "Its trust policy must let the key's user assume it, for AGORA_STORAGE_STS_SECONDS.",
  );
}
