import type { LiveEvent } from "../../src/live/index.ts";
import type { Network } from "./network.ts";
import type { Who } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

const uids = [1001, 1002, 77] as const;
/** Agora's `clientType` of on-premise recording: a bot. */
const clientTypes = [null, null, 3] as const;

/** Who is in the channel, by Agora's own book. */
export class People {
  private readonly roles = new Map<Who, "host" | "audience">();
  /** Whether the service was told of each host's present stay. */
  private readonly announced = new Set<Who>();
  /** Of the join that began the present stay. */
  private readonly joinedSeq = new Map<Who, number>();
  private lastSeq = 0;
  private readonly timeline: Timeline;
  private readonly network: Network;

  constructor(timeline: Timeline, network: Network) {
    this.timeline = timeline;
    this.network = network;
  }

  /** @returns uids of those who publish, bots too: Agora doesn't tell them apart here */
  broadcasters(): number[] {
    return [...this.roles].filter(([, role]) => role === "host").map(([who]) => uids[who]);
  }

  get isEmpty(): boolean {
    return this.roles.size === 0;
  }

  hostPresent(): boolean {
    return this.isHost(0) || this.isHost(1);
  }

  /** A bot whose join was lost: in Agora's answers nothing tells it from a host. */
  botUntold(): boolean {
    return this.isHost(2) && !this.announced.has(2);
  }

  /** A host is here, and the service was told so. */
  hostAnnounced(): boolean {
    return this.announcedHosts().length > 0;
  }

  /** Hosts who are here, and of whom the service was told so. */
  announcedHosts(): number[] {
    return ([0, 1] as const).filter((who) => this.isHost(who) && this.announced.has(who)).map((who) => uids[who]);
  }

  /** The service asks who is here: the answer names the hosts, and doesn't say who is a bot. */
  told(): void {
    for (const who of [0, 1] as const) if (this.isHost(who)) this.announced.add(who);
  }

  enter(who: Who, role: "host" | "audience"): void {
    const before = this.roles.get(who);
    if (before === role) return;
    this.roles.set(who, role);
    if (role === "host") this.announced.delete(who);
    if (role === "audience" && before === undefined) this.network.send("audience", this.audienceSeen(who));
    else if (role === "audience") this.network.send("left", this.left(who, null));
    else {
      const event = { type: "HostJoined" as const, ...this.stamp(who), communication: false };
      this.joinedSeq.set(who, event.seq);
      this.network.send("joined", event, () => {
        if (this.joinedSeq.get(who) === event.seq) this.announced.add(who);
      });
    }
  }

  leave(who: Who): void {
    const before = this.roles.get(who);
    if (before === undefined) return;
    this.roles.delete(who);
    if (before === "audience") this.network.send("audience", this.audienceSeen(who));
    else this.network.send("left", this.left(who, 1));
    if (this.isEmpty) this.network.send("destroyed", { type: "ChannelDestroyed", ts: this.seconds() });
  }

  private isHost(who: Who): boolean {
    return this.roles.get(who) === "host";
  }

  private left(who: Who, reason: number | null): LiveEvent {
    return { type: "HostLeft", ...this.stamp(who), communication: false, reason };
  }

  private audienceSeen(who: Who): LiveEvent {
    return { type: "AudienceSeen", ...this.stamp(who) };
  }

  private stamp(who: Who): { uid: number; seq: number; ts: number; clientType: number | null } {
    this.lastSeq = Math.max(this.lastSeq + 1, this.timeline.now);
    return { uid: uids[who], seq: this.lastSeq, ts: this.seconds(), clientType: clientTypes[who] };
  }

  private seconds(): number {
    return Math.floor(this.timeline.now / 1000);
  }
}
