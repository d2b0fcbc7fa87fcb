import { format } from "node:util";

import type { Logger } from "./log.ts";

const levels = { trace: "warn", error: "warn", warn: "warn", info: "info", log: "info", debug: "debug" } as const;

/**
 * Has what libraries write to the console logged: standard output is for JSON lines, and standard error for the one
 * sentence of an end. graphile-worker 0.17 writes a stack there when a worker of its ends or a statement fails.
 *
 * @param console - whose methods are replaced
 */
export function consoleToLog(console: Pick<Console, keyof typeof levels>, log: Logger): void {
  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...said: unknown[]) => {
      log[level]({ message: format(...said) }, "library.message");
    };
  }
}
