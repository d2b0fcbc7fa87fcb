import type { Account } from "../account.ts";
import type { Problem } from "./problem.ts";

/**
 * Every webhook that was acknowledged is in the log exactly once, and was processed. Held against what was sent, by the
 * providers' own ids and not by Tally's key.
 */
export function checkDeliveries({ record, events, channels }: Account): Problem[] {
  const times = new Map<string, number>();
  for (const { source, payload } of events) {
    if (source !== "agora" && source !== "cloudflare") continue;
    const identity = identityOf(payload);
    times.set(identity, (times.get(identity) ?? 0) + 1);
  }
  const problems: Problem[] = [];
  for (const { about, eventType, body, attempts } of record.webhooks) {
    const count = times.get(identityOf(body)) ?? 0;
    const isAcknowledged = attempts.some(({ status }) => status === 200);
    const words = `webhook ${eventType} (${identityOf(body)}) is in the log ${count} times`;
    if (count > 1) problems.push({ channel: about, words });
    else if (isAcknowledged && count === 0) problems.push({ channel: about, words: `${words}, and was acknowledged` });
  }
  const names = new Map(channels.map(({ id, name }) => [id, name]));
  for (const { id, type, status, note, channelId } of events) {
    if (status !== "failed") continue;
    const channel = channelId === null ? null : (names.get(channelId) ?? null);
    problems.push({ channel, words: `event ${id} (${type}) is ${status}: ${note}` });
  }
  return problems;
}

interface Body {
  noticeId?: string;
  data?: { input_id: string; event_type: string; updated_at: string };
  uid?: string;
}

/** NCS: `noticeId`. Cloudflare: the input, the event and its time; or the video. */
function identityOf(payload: unknown): string {
  const { noticeId, data, uid } = (payload ?? {}) as Body;
  if (noticeId !== undefined) return noticeId;
  return data === undefined ? `video ${uid}` : `${data.input_id} ${data.event_type} ${data.updated_at}`;
}
