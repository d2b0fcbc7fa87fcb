import { Agent } from "node:http";

import fetch from "node-fetch";

import { maskSecrets } from "../mask.ts";
import type { Settings } from "../settings.ts";
import type { Faults, WebhookFault } from "./faults.ts";
import type { SandboxRecord, WebhookAttempt, WebhookEntry } from "./record.ts";
import type { Timers } from "./timers.ts";

/** A webhook to be sent. */
type Webhook = Pick<WebhookEntry, "kind" | "product" | "eventType" | "about"> & {
  url: string | null;
  /** Built for every attempt: providers write the time of sending into it. */
  body: () => object;
  /** Proves the sender: Agora and Stream sign the raw bytes. */
  headers: (rawBody: string) => Record<string, string>;
  /** Gaps before each resend; none means one attempt. */
  resendGapsMs: readonly number[];
  /** Whether an answer counts only if it is status 200 with a JSON body (Agora), or whenever it is 2xx. */
  strictAnswer: boolean;
};

/** Sends webhooks as the providers do, with planned faults on the way. */
export interface WebhookSender {
  /** Returns at once; what became of it is in the record. */
  send(webhook: Webhook): void;
  /** One attempt, apart from all others and from planned faults. @returns the status; null if no answer came */
  tryOnce(url: string, body: object, headers: Record<string, string>): Promise<number | null>;
  /** Ends attempts under way. */
  close(): void;
}

export function createWebhookSender(deps: {
  settings: Settings;
  timers: Timers;
  record: SandboxRecord;
  faults: Faults;
}): WebhookSender {
  const { settings, timers, record, faults } = deps;
  const agent = new Agent({ keepAlive: true });
  const closing = new AbortController();
  const isClosed = () => closing.signal.aborted;
  /** Webhooks held back by `reorder`, waiting for the next one of their kind. */
  const heldBack = new Map<WebhookEntry, () => void>();

  async function sendWith(fault: WebhookFault | null, webhook: Webhook, entry: WebhookEntry): Promise<void> {
    if (fault?.action === "delay") await timers.pauseExactly(fault.ms);
    if (fault?.action === "reorder") await untilOvertaken(entry, fault.ms);
    const first = deliver(webhook, entry);
    if (fault?.action === "duplicate") {
      await timers.pauseExactly(fault.ms);
      await Promise.all([first, deliver(webhook, entry)]);
    }
    await first;
  }

  async function untilOvertaken(entry: WebhookEntry, atMostMs: number): Promise<void> {
    const overtaken = new Promise<void>((resolve) => heldBack.set(entry, resolve));
    await Promise.race([overtaken, timers.pauseExactly(atMostMs)]);
    heldBack.delete(entry);
  }

  /** One delivery with its resends. Sets the outcome when it is known. */
  async function deliver(webhook: Webhook, entry: WebhookEntry): Promise<void> {
    for (const gapMs of [null, ...webhook.resendGapsMs]) {
      if (gapMs !== null) await timers.pause(gapMs);
      const attempt = await tryOnce(webhook);
      if (attempt === null) return;
      entry.attempts.push(attempt);
      if (attempt.error === null) entry.outcome = "delivered";
      record.changed();
      for (const [held, release] of heldBack) if (held.kind === entry.kind && held.id < entry.id) release();
      if (attempt.error === null) return;
    }
    if (entry.outcome === "pending") entry.outcome = "failed";
    record.changed();
  }

  /** @returns null if the sandbox closed meanwhile */
  async function tryOnce(
    webhook: Pick<Webhook, "url" | "body" | "headers" | "strictAnswer">,
  ): Promise<WebhookAttempt | null> {
    if (isClosed() || webhook.url === null) return null;
    const at = Date.now();
    const body = JSON.stringify(webhook.body());
    const timeout = AbortSignal.timeout(settings.limits.webhookTimeoutMs);
    try {
      const response = await fetch(webhook.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...webhook.headers(body) },
        body,
        agent: ({ protocol }) => (protocol === "http:" ? agent : undefined),
        signal: AbortSignal.any([closing.signal, timeout]),
      });
      const answer = await response.text();
      const error = refusal(response.status, answer, webhook.strictAnswer);
      return { at, ms: Date.now() - at, status: response.status, error };
    } catch (error) {
      if (isClosed()) return null;
      const message = timeout.aborted ? `no answer within ${settings.limits.webhookTimeoutMs} ms` : String(error);
      return { at, ms: Date.now() - at, status: null, error: message };
    }
  }

  return {
    send(webhook) {
      const { kind, product, eventType, about } = webhook;
      const fault = webhook.url === null ? null : faults.takeForWebhook(webhook);
      const lost = fault?.action === "lose";
      const entry = record.addWebhook({
        kind,
        product,
        eventType,
        about,
        at: Date.now(),
        body: maskSecrets(webhook.body()),
        outcome: webhook.url === null ? "no_target" : lost ? "lost" : "pending",
        fault: fault?.action ?? null,
        attempts: [],
      });
      if (entry.outcome === "pending") void sendWith(fault, webhook, entry);
    },
    async tryOnce(url, body, headers) {
      const once = { url, body: () => body, headers: () => headers, strictAnswer: false };
      return (await tryOnce(once))?.status ?? null;
    },
    close() {
      closing.abort();
      agent.destroy();
    },
  };
}

function refusal(status: number, answer: string, strict: boolean): string | null {
  if (!strict) return status >= 200 && status < 300 ? null : `status ${status}`;
  if (status !== 200) return `status ${status}, not 200`;
  return isJson(answer) ? null : "the answer's body is not JSON";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
