import { Readable } from "node:stream";

import type { Io } from "../../src/cli/io.ts";
import { run } from "../../src/cli/run.ts";

export interface Ran {
  code: number;
  out: string;
  err: string;
  /** The lines of `out`, without the last one's end. */
  lines: string[];
  /** `out` as JSON. */
  json: () => unknown;
}

/**
 * Runs a command line in this process.
 *
 * @param io - what differs from a pipe of 80 columns with nobody to answer
 */
export async function runTally(argv: readonly string[], io: Partial<Io> = {}): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await run(argv, {
    env: {},
    out: (text) => (out += text),
    err: (text) => (err += text),
    drained: () => Promise.resolve(),
    input: Readable.from([]),
    progress: null,
    columns: 80,
    colour: false,
    ask: null,
    now: () => new Date(),
    signal: new AbortController().signal,
    ...io,
  });
  return { code, out, err, lines: out.trimEnd().split("\n"), json: () => JSON.parse(out) as unknown };
}
