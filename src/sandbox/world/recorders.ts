import { randomBytes } from "node:crypto";

import { type Recorder, type RecorderDeps, type RecorderOrder, startRecorder } from "./recorder.ts";

/** What `acquire` gives: the right to start one recorder. */
export interface Resource {
  readonly id: string;
  readonly cname: string;
  readonly uid: string;
  readonly scene: number;
  readonly acquiredAt: number;
  readonly expiredHours: number;
  /** The start body declared in advance, if any; start must then be the same. */
  readonly startParameter: unknown;
  /** Set by the start, for ever. */
  recorder: Recorder | null;
}

/** All resources and recorders of the App ID. */
export interface Recorders {
  acquire(options: Omit<Resource, "id" | "acquiredAt" | "recorder">): Resource;
  resource(id: string): Resource | null;
  /** @param resource - not used before */
  start(resource: Resource, order: Omit<RecorderOrder, "resourceId" | "cname" | "uid">): Recorder;
  bySid(sid: string): Recorder | null;
  /** Those that have not ended. */
  running(): Recorder[];
}

export function createRecorders(deps: RecorderDeps): Recorders {
  const resources = new Map<string, Resource>();
  const recorders = new Map<string, Recorder>();
  const running = new Set<Recorder>();

  return {
    acquire(options) {
      const id = randomBytes(48).toString("base64url");
      const resource: Resource = { id, ...options, acquiredAt: Date.now(), recorder: null };
      resources.set(id, resource);
      return resource;
    },
    resource: (id) => resources.get(id) ?? null,
    start(resource, order) {
      const { id: resourceId, cname, uid } = resource;
      const recorder = startRecorder(deps, { ...order, resourceId, cname, uid });
      resource.recorder = recorder;
      recorders.set(recorder.entry.sid, recorder);
      running.add(recorder);
      return recorder;
    },
    bySid: (sid) => recorders.get(sid) ?? null,
    running() {
      for (const recorder of running) if (recorder.entry.state === "ended") running.delete(recorder);
      return [...running];
    },
  };
}
