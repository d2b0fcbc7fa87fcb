import { randomBytes } from "node:crypto";

import { ControlRefused } from "../refused.ts";
import type { Clocks } from "./clocks.ts";
import type { Ncs } from "./ncs.ts";

export type Role = "host" | "audience";

/** Agora docs, common-errors 1013: at most 64 bytes of a set without slash, quotes, backslash and backtick. */
export const channelNamePattern = /^[\w !#$%&()+\-:;<=.>?@[\]^{}|~,]{1,64}$/;

export interface JoinOptions {
  /** Agora docs, RTC events: 1 Android, 2 iOS, 5 Windows, 6 Linux, 7 Web, 8 macOS, 0 other. */
  platform?: number | undefined;
  /** Only a Linux client has one: 3 local recording, 10 Cloud Recording, … */
  clientType?: number | undefined;
  account?: string | undefined;
  /** The converter whose streaming server this is. */
  ofConverter?: string | undefined;
}

/** Somebody in a channel. */
export interface Person extends JoinOptions {
  uid: number;
  role: Role;
  platform: number;
  /** Unix seconds. */
  joinedTs: number;
}

interface ChannelPresence {
  name: string;
  people: Person[];
}

/** Who is in which channel of the live-broadcasting profile. Every change is notified as NCS product 1. */
export interface People {
  /** @throws ControlRefused if that uid is in the channel already */
  join(channel: string, uid: number, role: Role, options?: JoinOptions): Person;
  /** @throws ControlRefused if that uid isn't there in that role */
  leave(channel: string, uid: number, role: Role, reason: number): void;
  /** @throws ControlRefused if that uid isn't there, or has the role already */
  switchRole(channel: string, uid: number, role: Role): Person;
  /** @returns null for a channel with nobody in it: at Agora it does not exist */
  in(channel: string): ChannelPresence | null;
  /** In the order of their creation. */
  channels(): ChannelPresence[];
  /**
   * @param look - told of every channel in which somebody came, left or switched the role, after that has been notified
   * @returns ends it
   */
  watch(look: (channel: string) => void): () => void;
}

interface Channel {
  agoraSessionId: string;
  people: Map<number, Person>;
}

/** Agora docs, channel event types. */
const joined = { host: 103, audience: 105 } as const;
const left = { host: 104, audience: 106 } as const;
const switched = { host: 111, audience: 112 } as const;

export function createPeople(ncs: Ncs, clocks: Clocks): People {
  const channels = new Map<string, Channel>();
  const watchers = new Set<(channel: string) => void>();
  let lastSeq = 0;

  function changed(name: string): void {
    for (const look of [...watchers]) look(name);
  }

  /** Milliseconds that only grow, as in the documents' samples: later events of a user have a greater `clientSeq`. */
  function nextSeq(): number {
    lastSeq = Math.max(lastSeq + 1, clocks.agora());
    return lastSeq;
  }

  function nowSeconds(): number {
    return Math.floor(clocks.agora() / 1000);
  }

  function opened(name: string): Channel {
    const known = channels.get(name);
    if (known) return known;
    const channel = { agoraSessionId: randomBytes(16).toString("hex").toUpperCase(), people: new Map() };
    channels.set(name, channel);
    ncs.notify(1, 101, name, { channelName: name, ts: nowSeconds() }, channel.agoraSessionId);
    return channel;
  }

  function find(name: string, uid: number): { channel: Channel; person: Person } {
    const channel = channels.get(name);
    const person = channel?.people.get(uid);
    if (!channel || !person) throw new ControlRefused(404, `uid ${uid} is not in channel ${name}; let it join first`);
    return { channel, person };
  }

  return {
    join(name, uid, role, options = {}) {
      const present = channels.get(name)?.people.get(uid);
      if (present) {
        const way = present.role === role ? "let it leave first" : "switch its role instead";
        throw new ControlRefused(409, `uid ${uid} is in channel ${name} already, as ${present.role}; ${way}`);
      }
      const channel = opened(name);
      const person: Person = { ...options, uid, role, platform: options.platform ?? 1, joinedTs: nowSeconds() };
      channel.people.set(uid, person);
      ncs.notify(
        1,
        joined[role],
        name,
        { channelName: name, ...identity(person), ...client(person), clientSeq: nextSeq(), ts: person.joinedTs },
        channel.agoraSessionId,
      );
      changed(name);
      return person;
    },

    leave(name, uid, role, reason) {
      const { channel, person } = find(name, uid);
      if (person.role !== role) throw new ControlRefused(409, `uid ${uid} is in channel ${name} as ${person.role}`);
      channel.people.delete(uid);
      const ts = nowSeconds();
      const duration = ts - person.joinedTs;
      ncs.notify(
        1,
        left[role],
        name,
        {
          channelName: name,
          ...identity(person),
          ...client(person),
          clientSeq: nextSeq(),
          reason,
          ts,
          duration,
        },
        channel.agoraSessionId,
      );
      if (channel.people.size === 0) {
        channels.delete(name);
        ncs.notify(1, 102, name, { channelName: name, ts, lastUid: uid }, channel.agoraSessionId);
      }
      changed(name);
    },

    switchRole(name, uid, role) {
      const { channel, person } = find(name, uid);
      if (person.role === role) throw new ControlRefused(409, `uid ${uid} is ${role} of channel ${name} already`);
      person.role = role;
      ncs.notify(
        1,
        switched[role],
        name,
        { channelName: name, ...identity(person), clientSeq: nextSeq(), ts: nowSeconds() },
        channel.agoraSessionId,
      );
      changed(name);
      return person;
    },

    in(name) {
      const channel = channels.get(name);
      return channel ? { name, people: [...channel.people.values()] } : null;
    },
    channels: () => [...channels].map(([name, { people }]) => ({ name, people: [...people.values()] })),
    watch(look) {
      watchers.add(look);
      return () => watchers.delete(look);
    },
  };
}

function identity({ uid, account }: Person): object {
  return { uid, ...(account === undefined ? {} : { account }) };
}

function client({ platform, clientType }: Person): object {
  return { platform, ...(clientType === undefined ? {} : { clientType }) };
}
