import { type LogFunctionFactory, Logger as GraphileLogger } from "graphile-worker";

import type { Logger } from "../log.ts";

const levels = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;

/** graphile-worker's messages as lines of ours, one level lower: what it calls info is a line or two per job. */
export function jobLogger(log: Logger): GraphileLogger {
  const factory: LogFunctionFactory = (scope) => (level, message) => {
    log[levels[level]]({ ...scope, message }, "jobs.message");
  };
  return new GraphileLogger(factory);
}
