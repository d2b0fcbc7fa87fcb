import { z } from "zod";

import type { Logger } from "../../log.ts";
import { createProviderHttp, type ProviderHttp } from "../provider-http.ts";
import { browser } from "./browser.ts";

export interface LiveViewers {
  /**
   * How many players show a live input's picture now, by Cloudflare's count.
   *
   * @param playbackBase - `https://customer-….cloudflarestream.com`
   * @returns null for whatever isn't a number: not live (204), refused, hidden (`hideLiveViewerCount`), no answer
   */
  count(playbackBase: string, liveInput: string): Promise<number | null>;
  /** Closes idle connections. */
  close(): void;
}

/** It is one number of a curve: a late one is none. */
const defaultTimeoutMs = 2_000;
const maxBytes = 64 * 1024;

/** Cloudflare docs: stream/getting-analytics/live-viewer-count. */
export function createLiveViewers(deps: { log: Logger; timeoutMs?: number }): LiveViewers {
  const { log, timeoutMs = defaultTimeoutMs } = deps;
  const clients = new Map<string, ProviderHttp>();

  /** There is one of them, unless the setting has changed since a live input was made. */
  function clientOf(baseUrl: string): ProviderHttp {
    const headers = { "user-agent": browser, accept: "application/json" };
    const client = clients.get(baseUrl) ?? createProviderHttp({ baseUrl, headers, timeoutMs, maxBytes }, Date.now);
    clients.set(baseUrl, client);
    return client;
  }

  return {
    async count(playbackBase, liveInput) {
      const answer = await clientOf(playbackBase).exchange({ method: "GET", path: [liveInput, "views"] });
      const views = viewsSchema.safeParse(answer.answered && answer.status === 200 ? answer.body : null);
      const outcome = answer.answered ? answer.status : answer.how;
      log.debug({ provider: "cloudflare", operation: "views", outcome, counted: views.success }, "provider.called");
      return views.success ? views.data.liveViewers : null;
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

/** What the table's column holds, and more than any broadcast has. */
const viewsSchema = z.object({ liveViewers: z.int().min(0).max(0x7fff_ffff) });
