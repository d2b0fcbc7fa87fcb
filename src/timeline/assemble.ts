import { type StoredCall, toCallItem } from "../journal/index.ts";
import { clockGap } from "./clocks.ts";
import { createDeadlines, type Deadline } from "./deadlines.ts";
import { gapBefore } from "./gaps.ts";
import { follow, lacking, newScene, refusedWords, type Scene } from "./scene.ts";
import type { Story, StoryEffect, StoryEvent } from "./story.ts";
import type { Entry, Timeline, Told } from "./timeline.ts";
import { callTitle } from "./words/calls.ts";
import { clock, lasting, names, sentences } from "./words/phrases.ts";
import { kindOf, tell } from "./words/words.ts";

/** More than an evening has; whoever needs all has the log. */
export const entriesMost = 5_000;

/** An entry with its place: by its time, and of one time in the log's order. */
interface Placed {
  at: number;
  order: number;
  entry: Entry;
}

/** Tells a session from beginning to end: pure. */
export function assembleTimeline(story: Story): Timeline {
  const { sessionId, channel, openedAt, closedAt, endReason, events } = story;
  const told = tellEvents(story);
  const placed = [
    ...told.placed,
    ...story.calls.map((call) => place(call.at.getTime(), Infinity, tellCall(call, story.now))),
    ...tellRefusals(story, told.lackedAt),
    ...tellRest(story),
  ].sort((a, b) => a.at - b.at || compare(a.order, b.order));
  return {
    sessionId,
    channel,
    openedAt: iso(openedAt),
    closedAt: closedAt === null ? null : iso(closedAt),
    endReason,
    isTruncated: story.isTruncated || placed.length > entriesMost,
    keptFrom: story.keptFrom === null ? null : iso(story.keptFrom),
    clocks: { agora: clockGap(events, "agora"), cloudflare: clockGap(events, "cloudflare") },
    entries: placed.slice(0, entriesMost).map(({ entry }) => entry),
  };
}

function tellEvents(story: Story): { placed: Placed[]; lackedAt: Lacked } {
  const { events, effects, notifications, policy, refusals, heardBefore } = story;
  const scene = newScene(policy, refusals, heardBefore.cloudflare);
  const deadlines = createDeadlines();
  const effectOf = new Map(effects.map((effect) => [effect.eventId, effect]));
  const toldOf = new Map(notifications.map((notification) => [notification.eventId, notification]));
  const lackedAt: Lacked = new Map();
  const told = events.map((stored, i) => {
    const { id, event, receivedAt, status } = stored;
    scene.at = receivedAt;
    scene.coming = events.slice(i + 1);
    scene.told = toldOf.get(id) ?? null;
    if (kindOf(stored.type) !== "decision") scene.isReplayed = event?.type === "ReplayRequested" && event.act;
    const entry = tellEvent(stored, scene, effectOf.get(id));
    const lacked = event === null ? null : lacking(scene, event);
    if (lacked !== null) lackedAt.set(lacked, receivedAt);
    if (event !== null && status !== "ignored") {
      follow(scene, event);
      deadlines.follow(event, scene, { eventId: id, at: receivedAt });
    }
    if (stored.source === "cloudflare") {
      scene.cloudflareHeardAt = Math.max(scene.cloudflareHeardAt ?? receivedAt, receivedAt);
    }
    return place(receivedAt, id, entry);
  });
  const waits = deadlines.all().map((deadline) => place(deadline.at, deadline.eventId + 0.5, tellDeadline(deadline)));
  return { placed: [...told, ...waits], lackedAt };
}

/** When an answer last showed that a webhook of theirs had not come, ms. */
type Lacked = Map<"agora" | "cloudflare", number>;

function tellEvent(stored: StoryEvent, scene: Scene, effect: StoryEffect | undefined): Entry {
  const { id, type, event, source, status, note, by, receivedAt, occurredAt, description } = stored;
  const {
    lane,
    title,
    detail,
    tone = "neutral",
  }: Told = event === null ? { lane: laneOf(stored), title: description } : tell(event, scene);
  const failing = effect === undefined ? null : effectInWords(effect);
  const gap = gapBefore(stored, scene.coming);
  const isIgnored = status === "ignored" && !forTheRecord.has(type);
  const isUnheard = status === "unrecognised" || status === "failed";
  return {
    ...nothing,
    at: iso(receivedAt),
    kind: kindOf(event?.type ?? type),
    lane,
    id: `event:${id}`,
    type,
    title: isIgnored ? `${title}: ignored` : title,
    detail: sentences(by === null ? null : `by ${by}`, detail, gap?.words ?? noteInWords(stored), failing),
    tone: gap?.isOpen || isUnheard || effect?.status === "dead" ? "bad" : isIgnored ? "neutral" : tone,
    eventId: id,
    effectId: effect?.id ?? null,
    occurredAt: occurredAt === null ? null : iso(occurredAt),
    skewMs: occurredAt === null || source === "tally" || source === "operator" ? null : receivedAt - occurredAt,
    status,
    note,
  };
}

/** They change no channel and are no less done for that. */
const forTheRecord: ReadonlySet<string> = new Set([
  "ReplayRequested",
  "EffectRetried",
  "EffectDismissed",
  "PersonErased",
]);

function noteInWords({ type, note, status }: StoryEvent): string | null {
  if (status === "pending" && note === null) return "not taken in yet";
  return forTheRecord.has(type) ? null : note;
}

/** Beside its decision, whose title says what it is. */
function effectInWords({ status, attempts, error }: StoryEffect): string | null {
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  switch (status) {
    case "dead":
      return `given up after ${tries}: ${error ?? "no reason is known"}`;
    case "open":
      return `still to be done (${attempts === 0 ? "not begun" : tries})`;
    case "cancelled":
      return "not carried out: nobody wanted it any more";
    case "failed":
    case "succeeded":
      return null;
  }
}

function laneOf({ type, source }: StoryEvent): Told["lane"] {
  if (source === "cloudflare") return "cloudflare";
  if (source !== "agora") return "tally";
  return type.startsWith("rtc.") ? "host" : "recorder";
}

/** So long no call takes, its attempts at other hosts included. */
const longestCallMs = 60_000;

function tellCall(call: StoredCall, now: number): Entry {
  const { id, operation, outcome, method, host, path, status, ms, error, effectId, requestId } = call;
  const answer = status === null ? "no answer" : `HTTP ${status}`;
  const isLost = outcome === null && now - call.at.getTime() > longestCallMs;
  return {
    ...nothing,
    at: call.at.toISOString(),
    kind: "call",
    lane: "calls",
    id: `call:${id}`,
    type: operation,
    title: callTitle(call, isLost),
    detail: sentences(
      `${method} ${host ?? ""}${path}`,
      ms === null ? null : `${answer} after ${ms} ms`,
      error,
      requestId === null ? null : `request ${requestId}`,
    ),
    tone: isLost || error !== null ? "bad" : "neutral",
    effectId,
    call: toCallItem(call),
  };
}

function tellDeadline({ name, eventId, at, untilAt, title, ending, isBad }: Deadline): Entry {
  return {
    ...nothing,
    at: iso(at),
    kind: "deadline",
    lane: "tally",
    id: `deadline:${eventId}:${name}`,
    type: name.split(" ")[0] ?? name,
    title,
    detail: ending ?? (untilAt === null ? "not yet" : `until ${clock(untilAt)}`),
    tone: isBad ? "bad" : "neutral",
    eventId,
    untilAt: untilAt === null ? null : iso(untilAt),
  };
}

/**
 * Nobody knows whose they were: so they are told of in every session of their time. They went wrong for one that lacks a
 * word which they may have been.
 */
function tellRefusals(story: Story, lackedAt: Lacked): Placed[] {
  return story.refusals.map((refused) => {
    const { source } = refused;
    const at = refused.from.getTime();
    const silentAt = source === "cloudflare" ? silentFrom(story) : null;
    const isMissed = silentAt !== null || (lackedAt.get(source) ?? 0) >= at;
    const address = `Webhooks refused at the address of ${names(source)}`;
    return place(at, Infinity, {
      ...nothing,
      at: iso(at),
      kind: "event",
      lane: source === "cloudflare" ? "cloudflare" : "host",
      id: `refused:${refused.door}:${at}:${refused.why}`,
      type: "refused",
      title: isMissed
        ? `${address}: whatever they told is not here`
        : `${address}; this session is not known to lack one`,
      detail: `${refusedWords(refused)}; of all channels, since what is refused is not read`,
      tone: isMissed ? "bad" : "neutral",
      untilAt: refused.to.toISOString(),
    });
  });
}

/** What is told once: viewers, the silence of Cloudflare, and what the channel waits for now. */
function tellRest(story: Story): Placed[] {
  const { viewers, openedAt, closedAt, wakeAt, now, sessionId } = story;
  const once = (at: number, entry: Partial<Entry> & Pick<Entry, "type" | "title" | "lane" | "kind">) =>
    place(at, Infinity, { ...nothing, at: iso(at), id: `${entry.type}:${sessionId}`, ...entry });
  const rest: Placed[] = [];
  if (viewers > 0) {
    const title = `Viewers came and went ${viewers} times, which is left out here`;
    rest.push(once(openedAt, { kind: "event", lane: "host", type: "viewers", title }));
  }
  const silentAt = silentFrom(story);
  // Where webhooks were refused, that entry says it already, with the reason.
  if (silentAt !== null && !story.refusals.some(({ source }) => source === "cloudflare")) {
    const title = "Not a word of Cloudflare's in this session: are its webhooks set up, and with the right secret?";
    rest.push(once(silentAt, { kind: "outcome", lane: "cloudflare", type: "silence", title, tone: "bad" }));
  }
  if (closedAt === null && wakeAt !== null) {
    const title = `Looks again by itself at ${clock(wakeAt)}, or with the next event`;
    const detail = wakeAt > now ? `in ${lasting(wakeAt - now)}` : "now";
    rest.push(once(now, { kind: "deadline", lane: "tally", type: "wake-up", title, detail, untilAt: iso(wakeAt) }));
  }
  return rest;
}

/**
 * When a recorder had run for longer than a picture needs, though Cloudflare's webhooks never said anything.
 *
 * @returns null if they did, or may still
 */
function silentFrom({ events, closedAt, now, policy }: Story): number | null {
  const words = ["IngestConnected", "IngestDisconnected", "IngestErrored"];
  if (events.some(({ event }) => event !== null && words.includes(event.type))) return null;
  const started = events.find(({ event }) => event?.type === "RecorderStartAccepted");
  const at = started === undefined ? Infinity : started.receivedAt + policy.startConfirmMs;
  return at < (closedAt ?? now) ? at : null;
}

function place(at: number, order: number, entry: Entry): Placed {
  return { at, order, entry };
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

const nothing = {
  detail: null,
  tone: "neutral",
  eventId: null,
  effectId: null,
  occurredAt: null,
  skewMs: null,
  status: null,
  note: null,
  call: null,
  untilAt: null,
} as const;
