import type { RefusalCount } from "../journal/index.ts";
import type { Decision, LiveEvent, Outcome, Policy } from "../live/index.ts";
import { followPicture, newPicture, type Picture } from "./picture.ts";
import type { StoryEvent, StoryNotification } from "./story.ts";
import { clock, errorWords } from "./words/phrases.ts";

/** What is known at a point of the story, as far as it tells why the next thing was decided. Times are ms. */
export interface Scene {
  readonly policy: Policy;
  /** When the event that is told of was learnt. */
  at: number;
  /** What was received after it. */
  coming: readonly StoryEvent[];
  /** Who was told of it, if it is one that endpoints may want to know; null: nobody knows. */
  told: StoryNotification | null;
  /** Who is known to broadcast, with when that was last heard. */
  readonly hosts: Map<number, number>;
  /** When anything was last heard of who broadcasts. */
  hostsHeardAt: number;
  /** What opened the session. */
  cause: Extract<Decision, { type: "SessionOpened" }>["cause"] | null;
  /** Whether what is decided comes of a replay, by which history became another. */
  isReplayed: boolean;
  /** Whether a session is open that wants a picture. */
  isWanted: boolean;
  /** Why the last start or recorder is no more; null when all went well since. */
  trouble: string | null;
  /** Failed starts in a row. */
  failures: number;
  /** When each resource's recorder was last heard of, or asked about. */
  readonly recorders: Map<string, number>;
  /** Those that Agora doesn't find. */
  readonly missing: Set<string>;
  /** Those that were asked to stop. */
  readonly stopping: Set<string>;
  readonly picture: Picture;
  /** Whether Cloudflare's webhook told of the picture since the recorder was last asked for. */
  ingestTold: boolean;
  /** When a webhook of Cloudflare's last came. */
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
    coming: [],
    told: null,
    hosts: new Map(),
    hostsHeardAt: 0,
    cause: null,
    isReplayed: false,
    isWanted: false,
    trouble: null,
    failures: 0,
    recorders: new Map(),
    missing: new Set(),
    stopping: new Set(),
    picture: newPicture(),
    ingestTold: false,
    cloudflareHeardAt,
    recordings: new Map(),
    refusals,
  };
}

/** What of an event the following ones rest on. To be called with what it taught. */
export function follow(scene: Scene, event: LiveEvent): void {
  const { at } = scene;
  followPicture(scene.picture, event, at);
  followRecorders(scene, event);
  switch (event.type) {
    case "HostJoined":
      scene.hosts.set(event.uid, at);
      scene.hostsHeardAt = at;
      break;
    case "HostLeft":
    case "AudienceSeen":
      scene.hosts.delete(event.uid);
      scene.hostsHeardAt = at;
      break;
    case "ChannelDestroyed":
      scene.hosts.clear();
      scene.hostsHeardAt = at;
      break;
    case "PresenceChecked":
      scene.hosts.clear();
      for (const uid of event.broadcasters) scene.hosts.set(uid, at);
      scene.hostsHeardAt = at;
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
      scene.trouble = null;
      scene.failures = 0;
      break;
    case "SessionOpened":
      scene.cause = event.cause;
      scene.isWanted = true;
      scene.trouble = null;
      scene.failures = 0;
      break;
    case "SessionEnding":
      scene.isWanted = false;
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

function followRecorders({ at, recorders, recordings, missing, stopping }: Scene, event: LiveEvent): void {
  switch (event.type) {
    case "RecorderStartAccepted":
      recordings.set(event.recordingSid, event.resourceId);
      recorders.set(event.resourceId, at);
      break;
    case "RtmpStatusChanged":
      recorders.set(recordings.get(event.recordingSid) ?? event.name ?? event.recordingSid, at);
      break;
    case "RecorderCheckRequested":
      recorders.set(event.resourceId, at);
      break;
    case "RecorderChecked":
      if (event.found === "not_found") missing.add(event.resourceId);
      else missing.delete(event.resourceId);
      break;
    case "RecorderStopRequested":
      stopping.add(event.resourceId);
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

/** A webhook may be slower than an answer by so much. */
const slowestWordMs = 120_000;

/** Whether a word still comes within two minutes: then an answer was only quicker. */
export function isToldSoon(
  { coming, at }: Scene,
  isIt: (event: LiveEvent) => boolean,
  isTooLate: (event: LiveEvent) => boolean = () => false,
): boolean {
  const next = coming.find(({ event }) => event !== null && (isIt(event) || isTooLate(event)));
  return next?.event != null && isIt(next.event) && next.receivedAt <= at + slowestWordMs;
}

/**
 * What an answer of Cloudflare's shows about its webhooks: that its word should have come, and since when nothing comes.
 *
 * @returns null if there is nothing to say
 */
export function unheard(scene: Scene, { state }: Extract<Outcome, { type: "IngestChecked" }>): string | null {
  if (!isUnheard(scene, state)) return null;
  const since =
    scene.cloudflareHeardAt === null
      ? "nothing came from Cloudflare in the day before"
      : `nothing from Cloudflare since ${clock(scene.cloudflareHeardAt)}`;
  const refused = scene.refusals.filter(({ source, from }) => source === "cloudflare" && from.getTime() <= scene.at);
  const counted = refused.map(refusedWords);
  return [`its own word of it never came: ${since}`, ...counted].join("; ");
}

function isUnheard(scene: Scene, state: Extract<Outcome, { type: "IngestChecked" }>["state"]): boolean {
  const { ingestTold, picture } = scene;
  const isNext = (event: LiveEvent) => event.type === "RelayRequested";
  if (state === "connected") return !ingestTold && !isToldSoon(scene, ({ type }) => type === "IngestConnected", isNext);
  if (state !== "disconnected" || !ingestTold || picture.lost !== null) return false;
  return !isToldSoon(scene, ({ type }) => type === "IngestDisconnected" || type === "IngestErrored", isNext);
}

/** Whose join, and whose leave, an answer of Agora's shows that no webhook told of, or will in a moment. */
export function untold(
  scene: Scene,
  { broadcasters }: Extract<Outcome, { type: "PresenceChecked" }>,
): { joined: number[]; left: number[] } {
  const { hosts } = scene;
  const isNext = ({ type }: LiveEvent) => type === "PresenceChecked";
  const isLate = (uid: number, types: readonly LiveEvent["type"][]) =>
    isToldSoon(scene, (event) => types.includes(event.type) && (!("uid" in event) || event.uid === uid), isNext);
  return {
    joined: broadcasters.filter((uid) => !hosts.has(uid) && !isLate(uid, ["HostJoined"])),
    left: [...hosts.keys()].filter(
      (uid) => !broadcasters.includes(uid) && !isLate(uid, ["HostLeft", "AudienceSeen", "ChannelDestroyed"]),
    ),
  };
}

/** Whose webhook should have told before what an answer says. */
export function lacking(scene: Scene, event: LiveEvent): "agora" | "cloudflare" | null {
  if (event.type === "IngestChecked") return unheard(scene, event) === null ? null : "cloudflare";
  if (event.type !== "PresenceChecked") return null;
  const { joined, left } = untold(scene, event);
  return joined.length + left.length > 0 ? "agora" : null;
}

/** How many were refused, when and why. */
export function refusedWords({ door, from, to, count, why }: RefusalCount): string {
  const deliveries = count === 1 ? "1 delivery" : `${count} deliveries`;
  const [first, last] = [clock(from), clock(to)];
  const when = first === last ? `at ${first}` : `between ${first} and ${last}`;
  return `${deliveries} to /webhooks${door} refused ${when}: ${why}`;
}
