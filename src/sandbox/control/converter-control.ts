import { ControlRefused } from "../refused.ts";
import type { Converter, World } from "../world/index.ts";

/** What may be done to a converter of Media Push. */
export interface ConverterControl {
  /** It dies of an `Internal Error`. @throws ControlRefused if it is unknown or destroyed */
  crashConverter(id: string, options?: { silently?: boolean }): void;
  /** It moves to another machine. @throws ControlRefused if it is unknown, destroyed or moving */
  failOverConverter(id: string): void;
  /** Its push loses its connection. @throws ControlRefused unless it is running */
  dropConverterPush(id: string): void;
  /** Its push connects again. @throws ControlRefused if it is unknown, destroyed or moving */
  recoverConverterPush(id: string): void;
}

export function createConverterControl(world: () => World): ConverterControl {
  function living(id: string): Converter {
    const found = world().converters.byId(id);
    if (!found) throw new ControlRefused(404, `no converter has id ${id}; GET /sandbox/state lists them`);
    if (found.entry.state === "destroyed") throw new ControlRefused(409, `converter ${id} has been destroyed`);
    return found;
  }

  function staying(id: string): Converter {
    const found = living(id);
    if (found.entry.state === "migrating") throw new ControlRefused(409, `converter ${id} is migrating`);
    return found;
  }

  return {
    crashConverter: (id, { silently = false } = {}) => living(id).destroy("Internal Error", silently),
    failOverConverter: (id) => staying(id).failOver(),
    dropConverterPush(id) {
      const found = living(id);
      const { state } = found.entry;
      if (state !== "running") throw new ControlRefused(409, `converter ${id} is ${state}, not running`);
      found.dropPush();
    },
    recoverConverterPush: (id) => staying(id).recoverPush(),
  };
}
