import { isDeepStrictEqual } from "node:util";

import { createCoalescer } from "../../coalesce.ts";
import type { Feed, Tables } from "../../eventlog/index.ts";
import type { Policy, RelayMode, Status } from "../../live/index.ts";
import type { Logger } from "../../log.ts";
import {
  presentDoubt,
  type PresentedDoubt,
  readUnheeded,
  readUnheededNames,
  type Unheeded,
} from "../../operators/index.ts";
import type { PlaybackLinks } from "../../playback/index.ts";
import { answerOf } from "../channels/read-channel.ts";
import {
  type Backlog,
  type OverviewRow,
  readBacklog,
  readOverviewRows,
  readSampledNames,
  type Sample,
  shownHours,
} from "./read-overview.ts";

/** A channel as the overview shows it. */
export interface OverviewChannel {
  channel: string;
  channelId: number;
  status: Status;
  sessionId: string | null;
  /** What of it isn't known now; null: nothing. Times are ISO 8601. */
  doubt: PresentedDoubt | null;
  /** The newest sample of the open session; null if there is none. */
  viewers: { agora: number | null; hls: number | null; at: string } | null;
  /** Notices since its last session that nothing followed from; null: none, or a session is open. */
  unheeded: Unheeded | null;
}

export interface Counts extends Backlog {
  /** Channels that are live. */
  onAir: number;
  /** Channels with an open session. */
  open: number;
}

/** What is news to somebody who follows. All of it is shared with others who follow, and not to be changed. */
export interface News {
  /** Everything there is, if they have nothing of it yet. */
  isAll: boolean;
  channels: OverviewChannel[];
  /** Null if they are as before. */
  counts: Counts | null;
}

export interface OverviewFollower {
  /** What changed since it was called last; null if nothing did, or nothing could be read yet. */
  news: () => News | null;
  /** Resolves when there may be news, or with `leave`. */
  changed: () => Promise<void>;
  /** May be called more than once. */
  leave: () => void;
}

/** All channels that matter now. A change is read once, however many follow; what nobody follows isn't read. */
export interface Overview {
  follow: () => OverviewFollower;
}

export interface OverviewOptions extends Tables {
  feed: Feed;
  log: Logger;
  /** Of channels that don't say otherwise. */
  defaultMode: RelayMode;
  /** By which questions are asked again. */
  policy: Policy;
  links: PlaybackLinks;
  /** How often what nobody announces is read: samples, what is pending; and again what could not be read. */
  everyMs?: number;
}

export function createOverview(options: OverviewOptions): Overview {
  const { feed, log, everyMs = 5_000 } = options;
  const followers = new Set<Following>();
  let current: Current | null = null;
  // One at a time: of what changes meanwhile, the next statement reads all.
  const reads = createCoalescer((of: Current) => read(of), 1);

  async function read(of: Current): Promise<void> {
    const names = of.due.takeNames();
    const isTimed = of.due.takeTimed();
    try {
      if (names === null || names.length > 0) await readChannels(of, names);
      if (isTimed) {
        of.backlog = await readBacklog(options);
        await readChannelsUnannounced(of);
      }
      tellCounts(of);
    } catch (error) {
      of.due.putBack(names, isTimed);
      log.warn({ err: error }, "overview.read_failed");
    }
  }

  /** Samples, and notices that nothing follows from, change no version, so that nobody announces them. */
  async function readChannelsUnannounced(of: Current): Promise<void> {
    const sampled = await readSampledNames(options, of.sampledAt);
    for (const { at } of sampled) if (at > of.sampledAt) of.sampledAt = at;
    const unheeded = await readUnheededNames(options, of.unheededSeconds);
    // The next time those that came since, and once more what may not have been folded yet.
    of.unheededSeconds = Math.ceil((everyMs * 4) / 1000);
    const names = new Set([...sampled.map(({ name }) => name), ...unheeded]);
    if (names.size > 0) await readChannels(of, [...names]);
  }

  async function readChannels(of: Current, names: readonly string[] | null): Promise<void> {
    const rows = await readOverviewRows(options, names);
    const unheeded = await readUnheeded(
      options,
      rows.filter(({ is_active: isActive }) => !isActive).map(({ id }) => id),
    );
    for (const row of rows) {
      const { status, changesInMs } = await answerOf(row, options);
      const shown = toOverviewChannel(row, status, unheeded.get(row.id) ?? null, options.policy);
      of.renewAt.set(row.name, changesInMs === null ? Infinity : performance.now() + changesInMs);
      if (isDeepStrictEqual(of.channels.get(row.name), shown)) continue;
      of.channels.set(row.name, shown);
      tell(of, (follower) => follower.names?.add(row.name));
    }
  }

  function tellCounts(of: Current): void {
    if (of.backlog === null) return;
    const statuses = [...of.channels.values()].map(({ status }) => status);
    const counts = {
      onAir: statuses.filter(({ live }) => live).length,
      open: statuses.filter(isOpen).length,
      ...of.backlog,
    };
    if (isDeepStrictEqual(of.counts, counts)) return;
    of.counts = counts;
    tell(of, (follower) => (follower.hasCounts = false));
  }

  function tell(of: Current, mark: (follower: Following) => void): void {
    if (of !== current) return;
    for (const follower of followers) {
      mark(follower);
      follower.told();
    }
  }

  function begin(): Current {
    const due = createDue();
    const request = () => void reads.request(of);
    const unsubscribe = feed.subscribeToAll((name) => {
      due.add(name);
      request();
    });
    const timer = setInterval(() => {
      due.addTimed();
      for (const [name, at] of of.renewAt) if (performance.now() >= at) due.add(name);
      request();
    }, everyMs);
    const end = () => {
      clearInterval(timer);
      unsubscribe();
    };
    const of: Current = {
      channels: new Map(),
      renewAt: new Map(),
      sampledAt: new Date(0),
      unheededSeconds: shownHours * 3_600,
      backlog: null,
      counts: null,
      due,
      end,
    };
    due.add(null);
    due.addTimed();
    request();
    return of;
  }

  return {
    follow() {
      const of = (current ??= begin());
      const following: Following = { names: null, hasCounts: false, told: () => undefined };
      let hasLeft = false;
      followers.add(following);
      return {
        news() {
          if (of.counts === null) return null;
          const isAll = following.names === null;
          const names = following.names ?? new Set(of.channels.keys());
          const channels = [...names].flatMap((name) => of.channels.get(name) ?? []);
          const counts = following.hasCounts ? null : of.counts;
          following.names = new Set();
          following.hasCounts = true;
          return isAll || channels.length > 0 || counts !== null ? { isAll, channels, counts } : null;
        },
        changed: () => new Promise((resolve) => (hasLeft ? resolve() : (following.told = resolve))),
        leave() {
          hasLeft = true;
          followers.delete(following);
          following.told();
          if (followers.size > 0 || current !== of) return;
          of.end();
          current = null;
        },
      };
    },
  };
}

/** What is known for as long as somebody follows. */
interface Current {
  channels: Map<string, OverviewChannel>;
  /** When a channel's links change by themselves, by the monotonic clock (ms). */
  renewAt: Map<string, number>;
  /** The newest sample that was asked for. */
  sampledAt: Date;
  /** Of so long ago the notices are looked for that nothing followed from. */
  unheededSeconds: number;
  backlog: Backlog | null;
  counts: Counts | null;
  due: Due;
  end: () => void;
}

interface Following {
  /** Of channels that are news to them; null: all. */
  names: Set<string> | null;
  hasCounts: boolean;
  told: () => void;
}

interface Due {
  /** @param name - of a channel; null: all */
  add: (name: string | null) => void;
  addTimed: () => void;
  /** @returns null for all */
  takeNames: () => string[] | null;
  takeTimed: () => boolean;
  putBack: (names: readonly string[] | null, isTimed: boolean) => void;
}

function createDue(): Due {
  let names: Set<string> | null = new Set();
  let isTimed = false;
  const add = (name: string | null) => {
    if (name === null) names = null;
    else names?.add(name);
  };
  return {
    add,
    addTimed: () => (isTimed = true),
    takeNames() {
      const taken = names === null ? null : [...names];
      names = new Set();
      return taken;
    },
    takeTimed() {
      const taken = isTimed;
      isTimed = false;
      return taken;
    },
    putBack(taken, wasTimed) {
      if (taken === null) add(null);
      else taken.forEach(add);
      isTimed ||= wasTimed;
    },
  };
}

function isOpen({ startedAt, stoppedAt }: Status): boolean {
  return startedAt !== null && stoppedAt === null;
}

function toOverviewChannel(
  { name, id, state, sample }: OverviewRow,
  status: Status,
  unheeded: Unheeded | null,
  policy: Policy,
): OverviewChannel {
  const { sessionId } = status;
  const doubt = presentDoubt(state, policy);
  return { channel: name, channelId: id, status, sessionId, doubt, viewers: viewersOf(sample, status), unheeded };
}

/** A sample of the session before is none of this one. */
function viewersOf(sample: Sample | null, { startedAt }: Status): OverviewChannel["viewers"] {
  if (sample === null || startedAt === null || sample.at < new Date(startedAt)) return null;
  const { agora, hls, at } = sample;
  return { agora, hls, at: at.toISOString() };
}
