import { type StoredCall, toCallItem } from "../journal/index.ts";
import { clockGap } from "./clocks.ts";
import { createDeadlines, type Deadline } from "./deadlines.ts";
import { follow, newScene, refusedWords, type Scene } from "./scene.ts";
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
  const placed = [
    ...tellEvents(story),
    ...story.calls.map((call) => place(call.at.getTime(), Infinity, tellCall(call, story.now))),
    ...tellRefusals(story),
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

function tellEvents(story: Story): Placed[] {
  const { events, effects, policy, refusals, heardBefore } = story;
  const scene = newScene(policy, refusals, heardBefore.cloudflare);
  const deadlines = createDeadlines();
  const effectOf = new Map(effects.map((effect) => [effect.eventId, effect]));
  const told = events.map((stored, i) => {
    const { id, event, receivedAt, status } = stored;
    scene.at = receivedAt;
    scene.isTellingSoon = event?.type === "IngestChecked" && isToldSoon(events.slice(i), receivedAt);
    const entry = tellEvent(stored, scene, effectOf.get(id));
    if (event !== null && status !== "ignored") {
      follow(scene, event);
      deadlines.follow(event, scene, { eventId: id, at: receivedAt });
    }
    if (stored.source === "cloudflare") scene.cloudflareHeardAt = receivedAt;
    return place(receivedAt, id, entry);
  });
  return [
    ...told,
    ...deadlines.all().map((deadline) => place(deadline.at, deadline.eventId + 0.5, tellDeadline(deadline))),
  ];
}

/** A webhook may be slower than an answer by so much. */
const slowestWordMs = 120_000;

/** Whether Cloudflare's own word of this recorder's picture still comes. */
function isToldSoon(coming: readonly StoryEvent[], from: number): boolean {
  const next = coming.find(({ event }) => event?.type === "IngestConnected" || event?.type === "RelayRequested");
  return next?.event?.type === "IngestConnected" && next.receivedAt <= from + slowestWordMs;
}

function tellEvent(stored: StoryEvent, scene: Scene, effect: StoryEffect | undefined): Entry {
  const { id, type, event, source, status, note, by, receivedAt, occurredAt, description } = stored;
  const {
    lane,
    title,
    detail,
    tone = "neutral",
  }: Told = event === null ? { lane: laneOf(stored), title: description } : tell(event, scene);
  const failing = effect === undefined ? null : effectInWords(effect);
  const isLost = note !== null && lost.test(note);
  const isUnheard = status === "unrecognised" || status === "failed";
  return {
    ...nothing,
    at: iso(receivedAt),
    kind: kindOf(event?.type ?? type),
    lane,
    id: `event:${id}`,
    type,
    title: status === "ignored" && event !== null ? `${title}: ignored` : title,
    detail: sentences(by === null ? null : `by ${by}`, detail, noteInWords(stored, isLost), failing),
    tone: isLost || isUnheard || effect?.status === "dead" ? "bad" : status === "ignored" ? "neutral" : tone,
    eventId: id,
    effectId: effect?.id ?? null,
    occurredAt: occurredAt === null ? null : iso(occurredAt),
    skewMs: occurredAt === null || source === "tally" || source === "operator" ? null : receivedAt - occurredAt,
    status,
    note,
  };
}

/** As the folds note it: `sequence 3 not seen`, `the leave before it was not seen`. */
const lost = /(?<!until now|is the \w+ that was )not seen$|before it was not seen/;

function noteInWords({ type, source, note, status }: StoryEvent, isLost: boolean): string | null {
  if (note === null) return status === "pending" ? "not taken in yet" : null;
  if (status === "ignored") return `${source === "agora" ? (type.split(".").at(-1) ?? type) : type} ignored: ${note}`;
  return isLost ? `a notice before it is lost or late: ${note}` : note;
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

/** Nobody knows whose they were: so they are told of in every session of their time. */
function tellRefusals({ refusals }: Story): Placed[] {
  return refusals.map((refused) => {
    const at = refused.from.getTime();
    return place(at, Infinity, {
      ...nothing,
      at: iso(at),
      kind: "event",
      lane: refused.source === "cloudflare" ? "cloudflare" : "host",
      id: `refused:${refused.door}:${at}:${refused.why}`,
      type: "refused",
      title: `Webhooks refused at the address of ${names(refused.source)}: whatever they told is not here`,
      detail: `${refusedWords(refused)}; of all channels, since what is refused is not read`,
      tone: "bad",
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
  if (isSilent(story)) {
    const title = "Not a word of Cloudflare's in this session: are its webhooks set up, and with the right secret?";
    rest.push(once(closedAt ?? now, { kind: "outcome", lane: "cloudflare", type: "silence", title, tone: "bad" }));
  }
  if (closedAt === null && wakeAt !== null) {
    const title = `Looks again by itself at ${clock(wakeAt)}, or with the next event`;
    const detail = wakeAt > now ? `in ${lasting(wakeAt - now)}` : "now";
    rest.push(once(now, { kind: "deadline", lane: "tally", type: "wake-up", title, detail, untilAt: iso(wakeAt) }));
  }
  return rest;
}

/** A recorder ran for longer than a picture needs, and Cloudflare's webhooks said nothing. */
function isSilent({ events, now, policy }: Story): boolean {
  const words = ["IngestConnected", "IngestDisconnected", "IngestErrored"];
  if (events.some(({ event }) => event !== null && words.includes(event.type))) return false;
  const started = events.find(({ event }) => event?.type === "RecorderStartAccepted");
  return started !== undefined && now - started.receivedAt > policy.startConfirmMs;
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
