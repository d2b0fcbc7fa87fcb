import { expect, test } from "vitest";

import { consoleToLog } from "../src/console-to-log.ts";
import { createLogger } from "../src/log.ts";

test("what a library writes to the console is a line of the log, without secrets", () => {
  const lines: string[] = [];
  const log = createLogger({ level: "info", destination: { write: (line) => void lines.push(line) } });
  const methods = { ...console };
  consoleToLog(methods, log);
  methods.trace(new Error("not accepting connections"));
  methods.error("Retried %d times", 3, { url: "postgres://tally:s3cret-password@db/tally" });
  methods.debug("not at this level");
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({
      level: "warn",
      msg: "library.message",
      message: expect.stringMatching(/^Error: not accepting connections\n {4}at /) as string,
    }),
    expect.objectContaining({ level: "warn", message: expect.stringContaining("Retried 3 times") as string }),
  ]);
  expect(lines.join("")).not.toContain("s3cret-password");
});
