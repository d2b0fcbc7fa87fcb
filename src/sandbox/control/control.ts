import type { z } from "zod";

import { ControlRefused } from "../refused.ts";
import { applySettings, type Settings, type SettingsChange } from "../settings.ts";
import type {
  FaultPlan,
  JoinOptions,
  LiveInput,
  Person,
  RecordEntries,
  Recorder,
  Role,
  World,
} from "../world/index.ts";
import { type crashBody, faultsBody, type inputErrorBody } from "./bodies.ts";
import { type ConverterControl, createConverterControl } from "./converter-control.ts";
import { createCrowds, type Crowd } from "./crowd.ts";

/** What a test or an operator may do to the imitated world. Every method but `until` is also an HTTP call. */
export interface SandboxControl extends ConverterControl {
  /** @throws ControlRefused if that uid is in the channel already */
  join(channel: string, uid: number, role: Role, options?: JoinOptions): Person;
  /** @param reason - Agora's number; 1 is a normal leave. @throws ControlRefused if that uid isn't there in that role */
  leave(channel: string, uid: number, role: Role, reason?: number): void;
  /** @throws ControlRefused if that uid isn't there, or has the role already */
  switchRole(channel: string, uid: number, role: Role): Person;
  /** So many viewers join over some time, and leave again if it is said when. */
  crowd(channel: string, crowd: Crowd): { uids: number[] };
  /** A recorder dies. @throws ControlRefused if it is unknown or over */
  crash(sid: string, options?: z.input<typeof crashBody>): void;
  /** A recorder moves to another machine. @throws ControlRefused unless it is starting or recording */
  failOver(sid: string): void;
  /** A recorder's push loses its connection. @throws ControlRefused unless it is recording and pushes */
  dropPush(sid: string): void;
  /** A recorder's push connects again. @throws ControlRefused as `dropPush` */
  recoverPush(sid: string): void;
  /** A live input reports an error and ends its connections. @throws ControlRefused if it is unknown */
  failInput(uid: string, error: z.input<typeof inputErrorBody>): void;
  /** So many watch its broadcast. @throws ControlRefused if it is unknown */
  setViewers(uid: string, viewers: number): void;
  /** Plans faults for calls and webhooks to come, after those planned before. */
  planFaults(...faults: FaultPlan[]): void;
  /** Forgets the planned faults that were not used up. */
  clearFaults(): void;
  changeSettings(change: SettingsChange): void;
  /** Forgets everything but the settings: people, recorders, converters, live inputs, faults, the record, what was to happen. */
  reset(): void;
  /** The sandbox's own record of what happened. */
  record(): RecordEntries;
  /** What is there now. */
  state(): object;
  /**
   * Resolves as soon as the record of the present world fulfils a condition.
   *
   * @param what - names it in the error
   * @param timeoutMs - real milliseconds; default 10,000
   */
  until(what: string, holds: (record: RecordEntries) => boolean, timeoutMs?: number): Promise<void>;
}

export function createControl(deps: { settings: Settings; world: () => World; reset: () => void }): SandboxControl {
  const { settings, world, reset } = deps;

  function recorder(sid: string): Recorder {
    const found = world().recorders.bySid(sid);
    if (!found) throw new ControlRefused(404, `no recorder has sid ${sid}; GET /sandbox/state lists them`);
    if (found.entry.state === "ended") throw new ControlRefused(409, `recorder ${sid} has ended`);
    return found;
  }

  function push(sid: string) {
    const { entry, push } = recorder(sid);
    if (!push) throw new ControlRefused(409, `recorder ${sid} has no push`);
    if (entry.state !== "recording") throw new ControlRefused(409, `recorder ${sid} is ${entry.state}, not recording`);
    return push;
  }

  function liveInput(uid: string): LiveInput {
    const found = world().liveInputs.get(uid);
    if (!found) throw new ControlRefused(404, `no live input has uid ${uid}; GET /sandbox/state lists them`);
    return found;
  }

  return {
    ...createConverterControl(world),
    join: (channel, uid, role, options) => world().people.join(channel, uid, role, options),
    leave: (channel, uid, role, reason = 1) => world().people.leave(channel, uid, role, reason),
    switchRole: (channel, uid, role) => world().people.switchRole(channel, uid, role),
    crowd: createCrowds(world),
    crash: (sid, { cause = "recorder_error", silently = false } = {}) => recorder(sid).fail(cause, silently),
    failOver(sid) {
      const found = recorder(sid);
      const { state } = found.entry;
      if (state === "migrating" || state === "stopping") {
        throw new ControlRefused(409, `recorder ${sid} is ${state}, and cannot move`);
      }
      found.failOver();
    },
    dropPush: (sid) => push(sid).drop(),
    recoverPush: (sid) => push(sid).open(),
    failInput(uid, { code, message = "The live input reported an error.", videoCodec = "", audioCodec = "" }) {
      liveInput(uid).fail({ code, message, videoCodec, audioCodec });
    },
    setViewers(uid, viewers) {
      liveInput(uid).viewers = viewers;
    },
    planFaults: (...faults) => world().faults.plan(faultsBody.parse(faults)),
    clearFaults: () => world().faults.clear(),
    changeSettings: (change) => applySettings(settings, change),
    reset,
    record: () => world().record.entries,
    state() {
      const { people, recorders, converters, liveInputs, faults } = world();
      const { pace, startAnswers201WithSid, statusShape, webhooks, delivery, limits, storage, clocks, delays } =
        settings;
      return {
        settings: {
          pace,
          startAnswers201WithSid,
          statusShape,
          webhooks,
          delivery,
          converters: settings.converters,
          limits,
          storage,
          clocks,
          delays,
        },
        channels: people.channels(),
        recorders: recorders.running().map(({ entry, push }) => ({ ...entry, push: push?.status ?? null })),
        converters: converters.living().map(({ converter: { entry, pushStatus } }) => ({ ...entry, push: pushStatus })),
        liveInputs: liveInputs.list().map(describe),
        faults: faults.remaining(),
      };
    },
    until: (what, holds, timeoutMs = 10_000) => world().record.until(what, holds, timeoutMs),
  };
}

function describe({ uid, config, status, publishers, viewers, broadcasts }: LiveInput): object {
  const { meta, enabled } = config;
  return { uid, meta, enabled, state: status?.state ?? null, publishers, viewers, broadcasts: broadcasts() };
}
