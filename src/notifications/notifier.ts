import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";

import { storableText, type Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import type { PlaybackLinks } from "../playback/index.ts";
import type { Redactor } from "../redaction/index.ts";
import { noTraces, type Span, spanned, type Traces } from "../traces/index.ts";
import { beginAttemptSpan } from "./attempt-span.ts";
import { type Attempt, claimDue, type Claimed, unclaim } from "./claim.ts";
import { conclude, type Conclusion } from "./conclude.ts";
import { withoutQuery } from "./endpoint-url.ts";
import { unreadable } from "./endpoints.ts";
import { withPlayableLinks } from "./links.ts";
import { post, type Posted, type PostOptions } from "./post.ts";
import { retryDelayMs } from "./retry.ts";
import type { Vault } from "./vault.ts";

export interface NotifierOptions extends Tables, Pick<PostOptions, "allowPrivate" | "timeoutMs" | "resolve"> {
  log: Logger;
  redactor: Redactor;
  vault: Vault;
  /** Makes the links of what is sent such as viewers can use. */
  links: PlaybackLinks;
  /** An endpoint that fails for so long is disabled; 0: never. */
  disableAfterMs: number;
  /** When to try again. */
  retryDelay?: typeof retryDelayMs;
  /** At a stop, what is under way may end for so long. */
  stopMs?: number;
  /** Nothing is traced without. */
  traces?: Traces | undefined;
  /** Told of each attempt that came to something. */
  onAttempted?: ((attempted: { type: string; outcome: Conclusion["outcome"] }) => void) | undefined;
  /** Between looks at the database, for what other processes left. */
  intervalMs?: number;
}

/** Sends what is due, beside the jobs and apart from them: a slow receiver keeps no provider call waiting. */
export interface Notifier {
  start(): void;
  /** Something may be due: looks now. */
  nudge(): void;
  /** Takes nothing more, and waits a little for what is under way; the rest is due again at once, for any process. */
  stop(): Promise<void>;
  /** Resolves when nothing is under way and nothing was due at the last look. */
  idle(): Promise<void>;
}

/** Attempts under way in one process, and to one endpoint. An attempt takes 10 s at most. */
const limits = { most: 8, each: 2 };
/** A secret that can't be read is mended by a person. */
const unreadableMs = 60_000;
/** A process that was frozen for so long after a claim leaves it to others. */
const freshMs = 15_000;

export function createNotifier(options: NotifierOptions): Notifier {
  const { log, intervalMs = 1_000, stopMs = 2_000 } = options;
  const underWay = new Map<Promise<void>, string>();
  const stopping = new AbortController();
  let phase: "idle" | "running" | "stopped" = "idle";
  let looking: Promise<void> | null = null;
  let isAskedAgain = false;
  let timer: NodeJS.Timeout | undefined;

  function nudge(): void {
    if (phase !== "running") return;
    if (looking !== null) {
      isAskedAgain = true;
      return;
    }
    clearTimeout(timer);
    isAskedAgain = false;
    looking = look()
      .catch((error: unknown) => log.error({ err: error }, "notifier.failed"))
      .finally(() => {
        looking = null;
        if (phase !== "running") return;
        if (isAskedAgain) nudge();
        else timer = setTimeout(nudge, intervalMs);
      });
  }

  async function look(): Promise<void> {
    const most = limits.most - underWay.size;
    if (most <= 0) return;
    const claimedAt = performance.now();
    const claimed = await claimDue(options, { most, each: limits.each, underWay: counts(underWay.values()) });
    for (const delivery of claimed) {
      const attempting = attempt(options, delivery, claimedAt, stopping.signal)
        .catch((error: unknown) => log.error({ err: error, deliveryId: delivery.id }, "notification.failed"))
        .finally(() => {
          underWay.delete(attempting);
          nudge();
        });
      underWay.set(attempting, delivery.endpointId);
    }
  }

  return {
    start() {
      phase = "running";
      nudge();
    },
    nudge,
    async stop() {
      phase = "stopped";
      clearTimeout(timer);
      await looking;
      const ended = Promise.all(underWay.keys());
      const abort = new AbortController();
      await Promise.race([ended, wait(stopMs, undefined, { signal: abort.signal }).catch(() => undefined)]);
      abort.abort();
      stopping.abort();
      await Promise.all(underWay.keys());
    },
    async idle() {
      while (looking !== null || underWay.size > 0) await Promise.all([looking, ...underWay.keys()]);
    },
  };
}

function counts(endpointIds: Iterable<string>): Record<string, number> {
  const count: Record<string, number> = {};
  for (const id of endpointIds) count[id] = (count[id] ?? 0) + 1;
  return count;
}

/** One attempt, and its one line in the log. */
async function attempt(
  options: NotifierOptions,
  claimed: Claimed,
  claimedAt: number,
  stopping: AbortSignal,
): Promise<void> {
  const { log, traces = noTraces } = options;
  const secrets = openSecrets(options.vault, claimed);
  const line = {
    notificationId: claimed.notificationId,
    type: claimed.type,
    endpointId: claimed.endpointId,
    url: withoutQuery(claimed.url),
    ...(claimed.channelId === 0 ? {} : { channelId: claimed.channelId }),
    attempt: claimed.attempts + 1,
  };
  if (secrets === null) {
    log.error({ ...line, outcome: "waits", error: unreadable }, "notification.attempted");
    await unclaim(options, claimed.id, unreadableMs);
    return;
  }
  if (performance.now() - claimedAt > freshMs) return;
  const span = beginAttemptSpan(traces, claimed);
  await spanned(span, () => send(options, claimed, { secrets, line, span }, stopping));
}

interface Sending {
  secrets: string[];
  /** What its line in the log says in any case. */
  line: object;
  span: Span;
}

async function send(
  options: NotifierOptions,
  claimed: Claimed,
  { secrets, line, span }: Sending,
  stopping: AbortSignal,
): Promise<void> {
  const { log, redactor, allowPrivate, timeoutMs, resolve } = options;
  const startedAt = performance.now();
  const at = new Date().toISOString();
  const body = await withPlayableLinks(claimed.body, claimed.links, options.links);
  const message = { url: claimed.url, id: claimed.notificationId, body, secrets, trace: span.context };
  const posted = await post(message, { allowPrivate, timeoutMs, resolve, signal: stopping });
  const ms = Math.round(performance.now() - startedAt);
  if (stopping.aborted && posted.error !== null) {
    await unclaim(options, claimed.id, 0);
    log.info({ ...line, outcome: "broken off", ms }, "notification.attempted");
    span.set({ "tally.outcome": "broken off" });
    return;
  }
  const error = posted.error === null ? null : storableText(redactor.text(posted.error));
  const tried: Attempt = { at, status: posted.status, ms, error };
  const conclusion = conclusionOf(options, claimed, posted);
  const { disabled } = await conclude(options, claimed, tried, conclusion, options.disableAfterMs);
  const told = { ...line, ...conclusion, status: posted.status, ms, ...(error === null ? {} : { error }) };
  log[error === null ? "info" : "warn"]({ ...told, ...(disabled ? { disabled } : {}) }, "notification.attempted");
  span.set({ "http.response.status_code": posted.status, "tally.outcome": conclusion.outcome });
  if (error !== null) span.fail(error);
  options.onAttempted?.({ type: claimed.type, outcome: conclusion.outcome });
}

function openSecrets(vault: Vault, { endpointId, secret, previousSecret }: Claimed): string[] | null {
  const current = vault.open(endpointId, secret);
  const previous = previousSecret === null ? null : vault.open(endpointId, previousSecret);
  return current === null ? null : [current, ...(previous === null ? [] : [previous])];
}

/** 410 is the one answer that ends it (Standard Webhooks): the receiver wants nothing more. */
function conclusionOf(
  { retryDelay = retryDelayMs }: NotifierOptions,
  { attempts, forMs }: Claimed,
  { status, error, retryAfterMs }: Posted,
): Conclusion {
  if (error === null) return { outcome: "delivered" };
  if (status === 410) return { outcome: "gone" };
  const delayMs = retryDelay({ attempts: attempts + 1, forMs, retryAfterMs });
  return delayMs === null ? { outcome: "given_up" } : { outcome: "failed", delayMs };
}
