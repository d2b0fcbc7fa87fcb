import http from "node:http";
import https from "node:https";
import { performance } from "node:perf_hooks";

import fetch, { FetchError } from "node-fetch";
import { z } from "zod";

import { type CallError, callError } from "../call-error.ts";
import { beginCall, type ObserverDeps } from "../call-record.ts";
import type { CallOptions } from "../provider-call.ts";
import { pathSegment } from "../provider-http.ts";
import { browser } from "./browser.ts";

/** `ok: false` is no answer to go by: it doesn't mean that nobody can watch. */
export type DeliveryResult = { ok: true; playable: boolean } | { ok: false; error: CallError };

/** The host that viewers watch at. It is no part of Cloudflare's API: no token goes there, nor does its rate count. */
export interface Delivery {
  /**
   * Whether a live input's broadcast can be watched. Nothing that the network or the host do throws.
   *
   * @param of.playbackBase - without a slash at its end
   */
  look(of: { playbackBase: string; liveInput: string }, options?: CallOptions): Promise<DeliveryResult>;
  /** Closes idle connections. */
  close(): void;
}

const maxBytes = 64 * 1024;

/**
 * Asks `/lifecycle` first, which is small, and the manifest when that says that the input is live, or nothing: between
 * the two seconds may go by, and players need the manifest. What the manifest says counts more; where it can't be had,
 * as behind signed links, `/lifecycle` is enough.
 *
 * Source: Cloudflare docs, stream-live/watch-live-stream (`/lifecycle`) and dvr-for-live (204 while not live).
 *
 * @param settings.timeoutMs - for one of the two exchanges, body included
 */
export function createDelivery(deps: ObserverDeps, { timeoutMs = 4_000 } = {}): Delivery {
  const { log } = deps;
  const agentOptions = { keepAlive: true, timeout: timeoutMs + 2_000 };
  const agents = { "http:": new http.Agent(agentOptions), "https:": new https.Agent(agentOptions) };

  async function get(url: string): Promise<{ status: number | null; text: string }> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        agent: url.startsWith("https:") ? agents["https:"] : agents["http:"],
        headers: { "user-agent": browser, accept: "*/*" },
        redirect: "manual",
        size: maxBytes,
        signal,
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      if (signal.aborted) return { status: null, text: `no answer within ${timeoutMs} ms` };
      const code = error instanceof FetchError ? error.code : undefined;
      return { status: null, text: `no answer: ${code ?? "the connection broke off"}` };
    }
  }

  /** @param judge - what an answer means; null: nothing to go by */
  async function ask(
    operation: "lifecycle" | "manifest",
    url: string,
    judge: (status: number, text: string) => boolean | null,
    options: CallOptions | undefined,
  ): Promise<DeliveryResult> {
    const { host } = new URL(url);
    const call = { provider: "cloudflare", operation } as const;
    const context = options?.context ?? {};
    const end = beginCall(deps, { ...call, context, method: "GET", path: `/…/${operation}` });
    const startedAt = performance.now();
    const { status, text } = await get(url);
    const ms = Math.round(performance.now() - startedAt);
    const playable = status === null ? null : judge(status, text);
    const line = { ...context, ...call, host, status, ms };
    const told = {
      ms,
      host,
      status,
      code: null,
      requestId: null,
      attempts: [],
      clock: null,
      body: status === null ? undefined : text,
    };
    if (playable !== null) {
      const outcome = playable ? "playable" : "not_playable";
      log.info({ ...line, outcome }, "provider.called");
      end({ ...told, outcome, error: null });
      return { ok: true, playable };
    }
    const message = status === null ? text : wordsOf(text);
    const error = callError({ ...call, status, code: null, message });
    log.warn({ ...line, outcome: "unknown", error: error.message }, "provider.called");
    end({ ...told, outcome: "unknown", error: error.message });
    return { ok: false, error };
  }

  return {
    async look({ playbackBase, liveInput }, options) {
      const base = `${playbackBase}/${encodeURIComponent(pathSegment.parse(liveInput))}`;
      const lifecycle = await ask("lifecycle", `${base}/lifecycle`, judgeLifecycle, options);
      if (lifecycle.ok && !lifecycle.playable) return lifecycle;
      const manifest = await ask("manifest", `${base}/manifest/video.m3u8`, judgeManifest, options);
      return manifest.ok ? manifest : lifecycle.ok ? lifecycle : manifest;
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

const lifecycleSchema = z.object({ live: z.boolean(), videoUID: z.string().nullable().optional() });

function judgeLifecycle(status: number, text: string): boolean | null {
  if (status !== 200) return null;
  const answer = lifecycleSchema.safeParse(parseJson(text));
  return answer.success ? answer.data.live && answer.data.videoUID != null : null;
}

function judgeManifest(status: number, text: string): boolean | null {
  if (status === 204) return false;
  return status === 200 && text.startsWith("#EXTM3U") ? true : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The begin of a page or of a few words. */
function wordsOf(text: string): string {
  return `answered ${text.slice(0, 80).trim() || "with nothing"}`;
}
