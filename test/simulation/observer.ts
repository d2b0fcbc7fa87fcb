import { defaultPolicy } from "../../src/live/index.ts";
import { isLive } from "../../src/live/picture.ts";
import type { People } from "./people.ts";
import type { ProviderModel } from "./providers.ts";
import type { Service } from "./service.ts";
import { Watch } from "./watch.ts";

const { stopGraceMs } = defaultPolicy;
/** Away for nearly the grace: whether that is another stay is a matter of milliseconds. */
const marginMs = 2_000;

/** Seconds of recorders, which is what is paid for. */
export interface Seconds {
  withHost: number;
  withoutHost: number;
  /** Of those without a host: of recorders of which no message ever reached the service, so that nothing stops them. */
  unreachable: number;
}

/** Sees at every moment what really is, by the providers' own books, and what the service makes of it. */
export class Observer {
  readonly watch = new Watch();
  readonly seconds: Seconds = { withHost: 0, withoutHost: 0, unreachable: 0 };
  /** Times that a host came after nobody was here for about the grace: only then is another session due. */
  stays = 0;
  private goneAt = -Infinity;
  private countedTo: number;
  private before = { running: 0, unreachable: 0, hostIsHere: false };
  private readonly people: People;
  private readonly providers: ProviderModel;
  private readonly service: Service;
  /** Whether Cloudflare's word comes as it was given, so that the light can be held to it. */
  private readonly ingestTold: boolean;

  constructor(
    parts: { people: People; providers: ProviderModel; service: Service },
    options: { now: number; ingestTold: boolean },
  ) {
    this.people = parts.people;
    this.providers = parts.providers;
    this.service = parts.service;
    this.countedTo = options.now;
    this.ingestTold = options.ingestTold;
  }

  look(now: number): void {
    const { state } = this.service;
    const running = this.providers.recorders.filter(({ runs }) => runs);
    const publishing = running.filter(({ publishes }) => publishes);
    const reachable = running.filter(({ isReachable }) => isReachable);
    const hostIsHere = this.people.hostPresent() || this.people.botUntold();
    this.count(now);
    this.before = { running: running.length, unreachable: running.length - reachable.length, hostIsHere };
    this.countStays(now);

    const { watch } = this;
    const isWanted = this.people.hostAnnounced() && state.hold === null && state.ingest.error === null;
    watch.see("recorder_without_host", reachable.length > 0 && !hostIsHere, now);
    watch.see("host_without_recorder", isWanted && running.length === 0, now);
    watch.see("host_without_picture", isWanted && publishing.length === 0, now);

    const targets = publishing.filter(({ isReachable }) => isReachable).map(({ pushesTo }) => pushesTo);
    watch.see("two_publishers", new Set(targets).size < targets.length, now);

    const shown = publishing.flatMap(({ hosts }) => (hosts === null ? [] : [hosts]));
    const isLeftOut = shown.some((hosts) => this.people.announcedHosts().some((uid) => !hosts.includes(uid)));
    watch.see("host_not_shown", isWanted && isLeftOut, now);

    const isLit = isLive(state);
    const relayAt = state.relay?.requestedAt ?? 0;
    const hasSent = this.providers.recorders.some(({ publishedAt }) => (publishedAt ?? 0) >= relayAt);
    const isUnsent = publishing.length === 0 && !hasSent;
    watch.see("light_before_picture", this.ingestTold && isLit && isUnsent, now);
    watch.see("light_without_picture", isLit && !(hostIsHere && publishing.length > 0), now);
  }

  private count(now: number): void {
    const passed = (now - this.countedTo) / 1000;
    this.countedTo = now;
    const { running, unreachable, hostIsHere } = this.before;
    if (hostIsHere) this.seconds.withHost += passed * running;
    else {
      this.seconds.withoutHost += passed * running;
      this.seconds.unreachable += passed * unreachable;
    }
  }

  private countStays(now: number): void {
    const isHere = this.people.hostPresent();
    if (isHere && this.goneAt < now - stopGraceMs + marginMs) this.stays += 1;
    this.goneAt = isHere ? Infinity : Math.min(this.goneAt, now);
  }
}
