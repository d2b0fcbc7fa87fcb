import { setTimeout as wait } from "node:timers/promises";

import type { Logger } from "../log.ts";
import { noticeChannel, toNotice } from "./announce.ts";
import { listen } from "./listen.ts";

/**
 * Called with a channel's new version, after its commit; with null when something may have been missed, so that one has
 * to look.
 */
export type OnVersion = (version: number | null) => void;

/** New versions of channels, whichever process made them. */
export interface Feed {
  /**
   * From now on, tells of a channel.
   *
   * @param name - of the channel, known already or not
   * @returns ends it
   */
  subscribe(name: string, onVersion: OnVersion): () => void;
  /**
   * From now on, tells of every channel, by its name; with null when any may have changed unheard.
   *
   * @returns ends it
   */
  subscribeToAll(onChannel: (name: string | null) => void): () => void;
  close(): Promise<void>;
}

export interface FeedOptions {
  /** A direct URL, past any transaction pooler. */
  url: string;
  schema: string;
  log: Logger;
  /** How often the connection is tried, so that one that is gone without a word is noticed after two of these. */
  pingMs?: number;
}

/** Between two tries to connect: twice as long each time. */
const backoffMs = { first: 100, most: 5_000 };
/** A connection attempt may take longer than this when the feed is closed: it is left then, and ends by itself. */
const closeMs = 1_000;

/**
 * Listens for new versions until it is closed, with one connection, however many subscribers there are. When that is lost
 * it makes another, and then all subscribers are told to look.
 */
export function openFeed({ url, schema, log, pingMs = 5_000 }: FeedOptions): Feed {
  const subscribers = new Map<string, Set<OnVersion>>();
  const ofAll = new Set<(name: string | null) => void>();
  const closing = new AbortController();
  const { signal } = closing;
  const channel = noticeChannel(schema);
  let delayMs = backoffMs.first;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await listen({ url, channel, log, pingMs, signal, onListening, onPayload });
      } catch (error) {
        if (isClosing()) return;
        log.warn({ err: error, delayMs }, "feed.lost");
        await wait(delayMs, undefined, { signal }).catch(() => undefined);
        delayMs = Math.min(2 * delayMs, backoffMs.most);
      }
    }
  }

  /** A function, since what a loop's condition has seen the compiler takes to stay so. */
  function isClosing(): boolean {
    return signal.aborted;
  }

  function onListening(): void {
    delayMs = backoffMs.first;
    log.info({ subscribers: subscribers.size }, "feed.listening");
    for (const ofChannel of [...subscribers.values()]) for (const onVersion of ofChannel) onVersion(null);
    for (const onChannel of [...ofAll]) onChannel(null);
  }

  function onPayload(payload: string): void {
    const notice = toNotice(payload);
    if (notice === null) return;
    for (const onVersion of subscribers.get(notice.name) ?? []) onVersion(notice.version);
    for (const onChannel of ofAll) onChannel(notice.name);
  }

  const running = run();
  return {
    subscribe(name, onVersion) {
      const ofChannel = subscribers.get(name) ?? new Set();
      subscribers.set(name, ofChannel.add(onVersion));
      return () => {
        ofChannel.delete(onVersion);
        if (ofChannel.size === 0 && subscribers.get(name) === ofChannel) subscribers.delete(name);
      };
    },
    subscribeToAll(onChannel) {
      // Of its own, so that who subscribes twice with one function is told twice.
      const subscriber = (name: string | null) => onChannel(name);
      ofAll.add(subscriber);
      return () => void ofAll.delete(subscriber);
    },
    async close() {
      closing.abort();
      await Promise.race([running, wait(closeMs, undefined, { ref: false })]);
    },
  };
}
