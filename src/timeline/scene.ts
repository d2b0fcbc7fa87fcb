import type { RefusalCount } from "../journal/index.ts";
import type { Decision, LiveEvent, Outcome, Policy } from "../live/index.ts";
import { clock, errorWords } from "./words/phrases.ts";

/** What is known at a point of the story, as far as it tells why the next thing was decided. */
export interface Scene {
  readonly policy: Policy;
  /** When the event that is told of was learnt, ms. */
  at: number;
  /** Who is known to broadcast. */
  readonly hosts: Set<number>;
  /** Why the last start or recorder is no more; null when all went well since. */
  trouble: string | null;
  /** Failed starts in a row. */
  failures: number;
  /** Whether Cloudflare's webhook told of the picture since the recorder was last asked for. */
  ingestTold: boolean;
  /** Whether a webhook with that word still comes within two minutes: then an answer was only quicker. */
  isTellingSoon: boolean;
  /** When a webhook of Cloudflare's last came, ms. */
  cloudflareHeardAt: number | null;
  /** The resource of each recording. */
  readonly recordings: Map<string, string>;
  /** Of the webhooks that were refused. */
  readonly refusals: readonly RefusalCount[];
}

export function newScene(policy: Policy, refusals: readonly RefusalCount[], cloudflareHeardAt: number | null): Scene {
  return {
    policy,
    at: 0,
    hosts: new Set(),
    recordings: new Map(),
    trouble: null,
    failures: 0,
    ingestTold: false,
    isTellingSoon: false,
    cloudflareHeardAt,
    refusals,
  };
}

/** What of an event the following ones rest on. */
export function follow(scene: Scene, event: LiveEvent): void {
  switch (event.type) {
    case "HostJoined":
      scene.hosts.add(event.uid);
      break;
    case "HostLeft":
    case "AudienceSeen":
      scene.hosts.delete(event.uid);
      break;
    case "ChannelDestroyed":
      scene.hosts.clear();
      break;
    case "PresenceChecked":
      scene.hosts.clear();
      for (const uid of event.broadcasters) scene.hosts.add(uid);
      break;
    case "RelayStartFailed":
    case "LiveInputFailed":
      scene.trouble = errorWords(event.error);
      scene.failures += 1;
      break;
    case "RelayReleased":
      scene.trouble = whyReleased[event.why];
      break;
    case "RecorderStartAccepted":
      scene.recordings.set(event.recordingSid, event.resourceId);
      scene.trouble = null;
      scene.failures = 0;
      break;
    case "SessionOpened":
      scene.trouble = null;
      scene.failures = 0;
      break;
    case "RelayRequested":
      scene.ingestTold = false;
      break;
    case "IngestConnected":
      scene.ingestTold = true;
      break;
    default:
  }
}

/** Why a recorder that was wanted isn't any more. */
export const whyReleased: Readonly<Record<Extract<Decision, { type: "RelayReleased" }>["why"], string>> = {
  recorder_ended: "it has ended, and the host is still wanted on the air",
  ingest_lost: "its picture is gone from Cloudflare, and did not come back",
  rtmp_disconnected: "its push broke off, and did not come back",
  not_confirmed: "its picture never arrived at Cloudflare",
};

/**
 * What an answer of Cloudflare's shows about its webhooks: that its word should have come, and since when nothing comes.
 *
 * @returns null if there is nothing to say
 */
export function unheard(scene: Scene, { state }: Extract<Outcome, { type: "IngestChecked" }>): string | null {
  if (state !== "connected" || scene.ingestTold || scene.isTellingSoon) return null;
  const since =
    scene.cloudflareHeardAt === null
      ? "nothing ever came from Cloudflare"
      : `nothing from Cloudflare since ${clock(scene.cloudflareHeardAt)}`;
  const refused = scene.refusals.filter(({ source, from }) => source === "cloudflare" && from.getTime() <= scene.at);
  const counted = refused.map(refusedWords);
  return [`its own word of it never came: ${since}`, ...counted].join("; ");
}

/** How many were refused, when and why. */
export function refusedWords({ door, from, to, count, why }: RefusalCount): string {
  const deliveries = count === 1 ? "1 delivery" : `${count} deliveries`;
  const [first, last] = [clock(from), clock(to)];
  const when = first === last ? `at ${first}` : `between ${first} and ${last}`;
  return `${deliveries} to /webhooks${door} refused ${when}: ${why}`;
}
