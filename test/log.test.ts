import { expect, test } from "vitest";

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
