import { EventEmitter, once } from "node:events";

import { createLogger, type Logger } from "../../src/log.ts";

export interface LogLines {
  log: Logger;
  /** Every line so far, parsed. */
  lines: Record<string, unknown>[];
  /** Resolves with the first line with this message that fits, past or to come. */
  seen: (msg: string, fits?: (line: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>;
}

/** A logger whose lines a test can wait for. */
export function logLines(): LogLines {
  const lines: Record<string, unknown>[] = [];
  const written = new EventEmitter();
  const destination = {
    write: (text: string) => {
      lines.push(JSON.parse(text) as Record<string, unknown>);
      written.emit("line");
    },
  };
  const seen: LogLines["seen"] = async (msg, fits = () => true) => {
    for (;;) {
      const found = lines.find((line) => line.msg === msg && fits(line));
      if (found !== undefined) return found;
      await once(written, "line");
    }
  };
  return { log: createLogger({ level: "trace", destination }), lines, seen };
}
