import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { maskSecrets } from "../mask.ts";
import type { Settings } from "../settings.ts";
import type { Clocks } from "./clocks.ts";
import { channelOf, type ConverterConfig, pictureSize, processedUids, shownUids } from "./converter-config.ts";
import { type ConverterSummary, createConverterNotices, type DestroyReason } from "./converter-notices.ts";
import { createConverterPresence } from "./converter-presence.ts";
import type { LiveInputs } from "./live-inputs.ts";
import type { Ncs } from "./ncs.ts";
import type { People } from "./people.ts";
import { createPush, type PushStatus } from "./push.ts";
import type { ConverterEntry, SandboxRecord } from "./record.ts";
import type { Timers } from "./timers.ts";

export interface ConverterUpdate {
  /** The configuration as it is to be. */
  config: ConverterConfig;
  /** The part that changes, as event 2 shows it. */
  changed: object;
  /** The field mask of the call. */
  mask: string;
  /** Whether the push is to connect anew. */
  repoint: boolean;
  requestId: string;
}

/** An RTMP converter of Media Push: it lives by itself, notifies, and pushes. */
export interface Converter {
  /** Its line in the record, kept up to date. */
  readonly entry: ConverterEntry;
  readonly config: ConverterConfig;
  /** One on its way to another machine is `connecting`. */
  readonly summary: ConverterSummary;
  readonly pushStatus: PushStatus;
  /** Takes effect only with a greater sequence than any before. */
  update(sequence: number, update: ConverterUpdate): void;
  /** Its push loses the connection. */
  dropPush(): void;
  /** Its push connects again. */
  recoverPush(): void;
  /** Moves to another machine: gone from the API and not pushing for a while. */
  failOver(): void;
  /** @param silently - without a notification */
  destroy(reason: DestroyReason, silently?: boolean): void;
}

export interface ConverterDeps {
  settings: Settings;
  clocks: Clocks;
  timers: Timers;
  record: SandboxRecord;
  ncs: Ncs;
  people: People;
  liveInputs: LiveInputs;
}

/** What a converter waits for. */
type Wait = "start" | "failed" | "idle" | "failover";

/** @param order - of a create that has been accepted */
export function startConverter(
  deps: ConverterDeps,
  order: { config: ConverterConfig; region: string; requestId: string },
): Converter {
  const { settings, clocks, timers, record, people } = deps;
  let { config } = order;
  const id = randomBytes(16).toString("hex");
  const channel = channelOf(config);
  const createTs = nowSeconds();
  let updateTs = createTs;
  let lastSequence = -1;
  const entry = record.addConverter({
    id,
    name: config.name,
    channel,
    region: order.region,
    size: pictureSize(config),
    rtmpUrl: String(maskSecrets(config.rtmpUrl)),
    state: "connecting",
    createdAt: Date.now(),
    runningSince: null,
    destroyedAt: null,
    destroyReason: null,
    states: [],
    shown: [],
    updates: [],
  });
  const waits = new Map<Wait, () => void>();
  const notices = createConverterNotices(deps, () => ({ config, summary: summary() }));
  const presence = createConverterPresence(deps, { id, channel });
  const push = createPush(deps, { url: config.rtmpUrl, sid: id, report: (_url, status) => pushIs(status) });
  let pushed: PushStatus = "connecting";

  function nowSeconds(): number {
    return Math.floor(clocks.agora() / 1000);
  }

  function summary(): ConverterSummary {
    const { state } = entry;
    const isShown = state === "running" || state === "failed";
    return { id, createTs, updateTs, state: isShown ? state : "connecting" };
  }

  function wait(what: Wait, ms: number, run: () => void): void {
    unwait(what);
    const cancel = timers.after(ms, () => {
      waits.delete(what);
      run();
    });
    waits.set(what, cancel);
  }

  function unwait(what: Wait): void {
    waits.get(what)?.();
    waits.delete(what);
  }

  /** @returns false if that is its state already */
  function enter(state: ConverterEntry["state"]): boolean {
    if (entry.state === state) return false;
    const at = Date.now();
    entry.state = state;
    entry.runningSince = state === "running" ? at : null;
    entry.states.push({ state, at });
    record.changed();
    return true;
  }

  function pushIs(status: PushStatus): void {
    const wasPublishing = pushed === "publishing";
    pushed = status;
    unwait("failed");
    const reached = status === "publishing" ? "running" : "failed";
    // A connection that breaks is one that is being made again, for a while.
    const state = status === "connecting" || wasPublishing ? "connecting" : reached;
    if (enter(state)) notices.stateChanged();
    if (status === "disconnected" && wasPublishing) {
      wait("failed", settings.delays.converterFailedMs, () => {
        if (enter("failed")) notices.stateChanged();
      });
    }
  }

  /** Whether anybody is there whose stream it processes (Agora docs, create: what `idleTimeOut` means by idle). */
  function isFed(): boolean {
    const uids = processedUids(config);
    return (people.in(channel)?.people ?? []).some(
      ({ uid, role }) => role === "host" && (uids === "all" || uids.includes(uid)),
    );
  }

  function look(): void {
    if (isFed()) unwait("idle");
    else if (!waits.has("idle")) wait("idle", config.idleTimeout * 1000, () => destroy("Idle Timeout"));
    presence.look();
  }

  function begin(): void {
    presence.begin();
    push.open();
  }

  function noteShown(): void {
    const uids = shownUids(config);
    if (!isDeepStrictEqual(uids, entry.shown.at(-1)?.uids)) entry.shown.push({ at: Date.now(), uids });
    record.changed();
  }

  function destroy(reason: DestroyReason, silently = false): void {
    unwatch();
    for (const cancel of waits.values()) cancel();
    waits.clear();
    push.close();
    presence.end(1);
    Object.assign(entry, { destroyedAt: Date.now(), destroyReason: reason });
    enter("destroyed");
    if (!silently) notices.destroyed(reason);
  }

  entry.states.push({ state: "connecting", at: entry.createdAt });
  noteShown();
  notices.created(order.requestId);
  const unwatch = people.watch((changed) => {
    if (changed === channel) look();
  });
  look();
  wait("start", settings.delays.converterStartedMs, begin);

  return {
    entry,
    get config() {
      return config;
    },
    get summary() {
      return summary();
    },
    get pushStatus() {
      return push.status;
    },
    update(sequence, { config: next, changed, mask, repoint, requestId }) {
      const applied = sequence > lastSequence;
      entry.updates.push({ at: Date.now(), sequence, applied, fields: mask });
      if (!applied) {
        record.changed();
        return;
      }
      lastSequence = sequence;
      config = next;
      updateTs = nowSeconds();
      entry.rtmpUrl = String(maskSecrets(config.rtmpUrl));
      entry.size = pictureSize(config);
      push.url = config.rtmpUrl;
      noteShown();
      notices.updated(changed, mask, requestId);
      if (repoint && !waits.has("start")) push.open();
      look();
    },
    dropPush: () => push.drop(),
    recoverPush: () => push.open(),
    failOver() {
      unwait("start");
      unwait("failed");
      push.close();
      // Agora docs, RTC events, reason 4: the server moves.
      presence.end(4);
      enter("migrating");
      wait("failover", settings.delays.failoverMs, begin);
    },
    destroy,
  };
}
