import type { OverviewChannel, OverviewCounts, OverviewNews } from "@tally/client";
import { useEffect, useState } from "preact/hooks";

import { labelOf } from "./light.ts";
import { isSignedOut, tally, wordsOf } from "./tally.ts";

export interface OverviewState {
  channels: ReadonlyMap<string, OverviewChannel>;
  counts: OverviewCounts | null;
  /** When something came last (ms); null: nothing did yet. */
  at: number | null;
  /** Since when what is shown may be old (ms); null while it is followed. */
  lostAt: number | null;
  /** Why it isn't followed. */
  error: string | null;
  /** The last change of a light, or the first refusal, in words, for who doesn't see it. */
  change: string;
}

const nothing: OverviewState = { channels: new Map(), counts: null, at: null, lostAt: null, error: null, change: "" };

/** All channels that matter now, followed for as long as somebody is signed in. */
export function useOverview(isSignedIn: boolean, onSignedOut: () => void): OverviewState {
  const [state, setState] = useState(nothing);
  useEffect(() => {
    if (!isSignedIn) return;
    const abort = new AbortController();
    const { signal } = abort;
    const lose = (error?: unknown) =>
      setState((old) => ({
        ...old,
        lostAt: old.lostAt ?? (old.at === null && error === undefined ? null : Date.now()),
        error: error === undefined ? null : wordsOf(error),
      }));
    async function follow(): Promise<void> {
      const onState = (connection: string, error?: unknown) => {
        if (connection === "connecting") lose(error);
      };
      const reconnect = { firstMs: 500, mostMs: 10_000 };
      for await (const news of tally.watchOverview({ signal, onState, reconnect })) setState((old) => told(old, news));
    }
    follow().catch((error: unknown) => {
      if (isSignedOut(error)) onSignedOut();
      else lose(error);
    });
    return () => abort.abort();
  }, [isSignedIn]);
  return state;
}

function told(old: OverviewState, news: OverviewNews): OverviewState {
  const followed = { ...old, at: Date.now(), lostAt: null, error: null };
  switch (news.type) {
    case "overview": {
      const channels = new Map(news.data.channels.map((channel) => [channel.channel, channel]));
      return { ...followed, channels, counts: news.data.counts };
    }
    case "channel": {
      const { channel, status, doubt } = news.data;
      const before = old.channels.get(channel);
      const channels = new Map(old.channels).set(channel, news.data);
      const label = labelOf(status, doubt);
      const isNew = before === undefined || labelOf(before.status, before.doubt) !== label;
      return { ...followed, channels, change: isNew ? `${channel}: ${label}` : old.change };
    }
    case "counts": {
      const refused = news.data.refusals.find(({ isAlarming }) => isAlarming)?.sender;
      const isNew = refused !== undefined && !isRefused(old.counts);
      const change = isNew ? `Webhooks are refused: ${refused}` : old.change;
      return { ...followed, counts: news.data, change };
    }
  }
}

/** Whether a provider's webhooks are refused, likely for a wrong setting. */
export function isRefused(counts: OverviewCounts | null): boolean {
  return counts?.refusals.some(({ isAlarming }) => isAlarming) === true;
}
