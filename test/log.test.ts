import { expect, test } from "vitest";

import { createLogger } from "../src/log.ts";
import { createRedactor } from "../src/redaction/index.ts";
import { logLines } from "./support/log-lines.ts";

test("a line is one JSON object with an ISO time and a level by name", () => {
  const { log, lines } = logLines();
  log.info({ channel: "shop-1" }, "channel.advanced");
  expect(lines).toEqual([
    {
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      pid: process.pid,
      channel: "shop-1",
      msg: "channel.advanced",
    },
  ]);
});

test("what was thrown may be no error at all", () => {
  const { log, lines } = logLines();
  log.error({ err: null }, "nothing");
  log.error({ err: "a text" }, "text");
  expect(lines).toMatchObject([{ err: null }, { err: "a text" }]);
});

test("secrets are redacted by their field's name: nested, in lists, in errors and in child loggers", () => {
  const { log, lines } = logLines();
  const headers = { authorization: "hush", "cf-webhook-auth": "hush", "user-agent": "agora" };
  const secrets = { apiKey: "hush", apiToken: "hush", password: "hush", secretKey: "hush", accessKey: "hush" };
  log.child({ token: "hush" }).warn({ request: { headers }, storage: secrets, streamKey: "hush" }, "x");
  log.error({ outputs: [{ rtmpUrl: "rtmps://hush" }], ...headers }, "y");
  log.error({ err: Object.assign(new Error("refused"), { call: { headers } }) }, "z");
  expect(JSON.stringify(lines)).not.toContain("hush");
  expect(lines[0]).toMatchObject({ request: { headers: { authorization: "[redacted]", "user-agent": "agora" } } });
  expect(lines[1]).toMatchObject({ outputs: [{ rtmpUrl: "[redacted]" }] });
  expect(lines[2]).toMatchObject({ err: { message: "refused", call: { headers: { "user-agent": "agora" } } } });
  expect(headers.authorization).toBe("hush");
});

test("whether there is a secret may be said, and an object that contains itself is no trap", () => {
  const { log, lines } = logLines();
  const circle: Record<string, unknown> = { token: null, apiKey: true };
  circle.self = circle;
  log.info({ circle }, "x");
  expect(lines[0]).toMatchObject({ circle: { token: null, apiKey: true } });
});

test("a message, a stack, a cause, a child's bindings and what is deeper than anybody looks carry no secret out", () => {
  const lines: string[] = [];
  const log = createLogger({
    level: "trace",
    redactor: createRedactor(["SECRET-one", 'SECRET-"two"']),
    destination: { write: (line) => lines.push(line) },
  });
  const cause = Object.assign(new Error("at postgres://tally:hunter2@db/tally"), { detail: "Key (SECRET-one)" });
  log.child({ request: { headers: { token: "hush" } } }).info("sent SECRET-one");
  log.error({ err: new Error('said {"token":"hush"}', { cause }) }, 'and SECRET-"two"');
  log.error({
    err: new AggregateError([cause, Object.assign(new Error("x"), { headers: { token: "hush" } })], "both"),
  });
  log.warn({ a: { b: { c: { d: { e: { f: { token: "hush" } } } } } } }, "deep");
  log.warn(
    { failure: Object.assign(new Error("x"), { token: "hush", path: "/stage/hush.hush-hush" }) },
    "another name",
  );
  expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toHaveLength(5);
  expect(lines.join("")).not.toMatch(/hush|hunter2|SECRET-/);
  expect(lines[1]).toContain("postgres://tally:[redacted]@db/tally");
});
