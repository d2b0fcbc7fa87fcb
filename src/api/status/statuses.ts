import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";

import { createCoalescer } from "../../coalesce.ts";
import type { ChannelRow } from "../../db/index.ts";
import type { Feed, Tables } from "../../eventlog/index.ts";
import type { RelayMode } from "../../live/index.ts";
import type { Logger } from "../../log.ts";
import type { PlaybackLinks, PresentedStatus } from "../../playback/index.ts";
import { answerOf, findChannel } from "../channels/read-channel.ts";
import { Problem } from "../problem.ts";

export interface StatusesOptions extends Tables {
  feed: Feed;
  log: Logger;
  /** Of channels that don't say otherwise. */
  defaultMode: RelayMode;
  links: PlaybackLinks;
  /** After a read that failed. */
  retryMs?: number;
}

/**
 * The statuses that somebody follows. However many follow a channel, a new version is read once and is one object for all
 * of them; however many channels there are, a few are read at a time.
 */
export interface Statuses {
  /**
   * Reads a channel as it is now, together with whoever asks for it at the same time, and few others.
   *
   * @throws if the database can't be asked, or not in time
   */
  find: (name: string) => Promise<ChannelRow | undefined>;
  /** Follows a channel, known or not, until it is left. */
  follow: (name: string) => Follower;
}

/** Somebody who follows a channel. */
export interface Follower {
  /** Reads the channel as it is now; in an outage of the database resolves when that is over, or with `leave`. */
  refresh: () => Promise<void>;
  /** The newest that was read; null if there is no such channel, or nothing was read yet. */
  latest: () => PresentedStatus | null;
  /** Resolves when `latest` may be another, or with `leave`. */
  changed: () => Promise<void>;
  /** May be called more than once. */
  leave: () => void;
}

/**
 * Channels read at a time, for those who follow and for those who come: what else the pool has to do must not wait when
 * all have to be read, or all come back after a deploy.
 */
const readsMost = 2;
/** As long as others wait for a connection of the pool. */
const findMostMs = 10_000;
/** Followers told in one turn of the event loop, between two of which webhooks and other requests get theirs. */
const toldMost = 250;

export function createStatuses(options: StatusesOptions): Statuses {
  const { knex, schema, feed, log, defaultMode, links, retryMs = 1_000 } = options;
  const topics = new Map<string, Topic>();
  const read = (name: string) => findChannel({ knex, schema }, name);
  const reads = createCoalescer(read, readsMost);
  const finds = createCoalescer(read, readsMost);
  /** Of those whose read failed, oldest failure first. */
  const failed = new Set<Topic>();
  let retry: NodeJS.Timeout | undefined;

  async function refresh(topic: Topic): Promise<void> {
    try {
      const channel = await reads.request(topic.name);
      show(topic, channel === undefined ? null : await answerOf(channel, { defaultMode, links }));
      failed.delete(topic);
    } catch (error) {
      topic.isStale = true;
      failed.delete(topic);
      if (topic.followers.size > 0) failed.add(topic);
      log.warn({ err: error, channel: topic.name }, "status.read_failed");
      retryLater();
    }
  }

  function show(topic: Topic, answer: PresentedStatus | null): void {
    clearTimeout(topic.renewal);
    const renewMs = answer?.changesInMs ?? null;
    // A moment later, so that a timer that is early doesn't find the old links.
    if (renewMs !== null && topics.get(topic.name) === topic) {
      topic.renewal = setTimeout(() => void refresh(topic), renewMs + 100).unref();
    }
    if (!topic.isStale && answer?.etag === topic.latest?.etag) return;
    topic.latest = answer;
    topic.isStale = false;
    void tellAll(topic);
  }

  /** One asks whether the database is back; the others only then. */
  function retryLater(): void {
    if (failed.size > 0) retry ??= setTimeout(() => void retryOne(), retryMs);
  }

  async function retryOne(): Promise<void> {
    const [first] = failed;
    if (first !== undefined) await refresh(first);
    retry = undefined;
    if (first?.isStale === false) for (const topic of [...failed]) void refresh(topic);
    else retryLater();
  }

  function join(name: string): Topic {
    const known = topics.get(name);
    if (known !== undefined) return known;
    const unsubscribe = feed.subscribe(name, (version) => {
      // What is read already, as by a read that was under way, isn't read again.
      if (version === null || topic.isStale || version !== topic.latest?.status.version) void refresh(topic);
    });
    const topic: Topic = { name, latest: null, isStale: true, followers: new Set(), unsubscribe, renewal: undefined };
    topics.set(name, topic);
    return topic;
  }

  function leave(topic: Topic, tell: Tell): void {
    topic.followers.delete(tell);
    if (topic.followers.size > 0 || topics.get(topic.name) !== topic) return;
    topics.delete(topic.name);
    failed.delete(topic);
    clearTimeout(topic.renewal);
    topic.unsubscribe();
  }

  return {
    find: (name) => inTime(finds.request(name)),
    follow(name) {
      const topic = join(name);
      let told: Tell = () => undefined;
      let hasLeft = false;
      const tell = () => told();
      topic.followers.add(tell);
      const changed = () => new Promise<void>((resolve) => (hasLeft ? resolve() : (told = resolve)));
      return {
        latest: () => topic.latest,
        changed,
        async refresh() {
          await refresh(topic);
          while (topic.isStale && !hasLeft) await changed();
        },
        leave() {
          hasLeft = true;
          leave(topic, tell);
          told();
        },
      };
    },
  };
}

/** In an outage each read takes its time to fail, and many may wait for theirs. */
async function inTime<T>(found: Promise<T>): Promise<T> {
  const abort = new AbortController();
  const late = wait(findMostMs, null, { signal: abort.signal }).then(() => {
    throw new Problem("unavailable", "The database can't be reached: try again in a moment.", {
      headers: { "retry-after": "5" },
    });
  });
  late.catch(() => undefined); // that of the abort
  try {
    return await Promise.race([found, late]);
  } finally {
    abort.abort();
  }
}

interface Topic {
  name: string;
  latest: PresentedStatus | null;
  /** Not read yet, or a read failed: what is read next is shown, whatever its version. */
  isStale: boolean;
  followers: Set<Tell>;
  /** From the feed. */
  unsubscribe: () => void;
  /** When links that are signed change, whatever else does not. */
  renewal: NodeJS.Timeout | undefined;
}

type Tell = () => void;

async function tellAll({ followers }: Topic): Promise<void> {
  let told = 0;
  for (const tell of [...followers]) {
    if (told > 0 && told % toldMost === 0) await nextTurn();
    tell();
    told++;
  }
}
