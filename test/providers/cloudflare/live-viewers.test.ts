import { expect, it, onTestFinished } from "vitest";

import { createLiveViewers } from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { inTurn, json, listen, refusingUrl, type Respond, silence, text } from "../support/http-server.ts";

const input = "66be4bf738797e01e1fca35a7bdecdcd";

async function viewers(respond: Respond, timeoutMs?: number) {
  const { url, received } = await listen(respond);
  const client = createLiveViewers({ ...testDeps(), ...(timeoutMs !== undefined && { timeoutMs }) });
  onTestFinished(() => client.close());
  return { count: (base = url) => client.count(base, input), received };
}

it("gives Cloudflare's number, asked for as a browser does", async () => {
  const { count, received } = await viewers(json(200, { liveViewers: 113 }));
  expect(await count()).toBe(113);
  expect(received).toMatchObject([{ method: "GET", url: `/${input}/views` }]);
  expect(received[0]?.headers["user-agent"]).toMatch(/^Mozilla\/5\.0 /);
  expect(received[0]?.headers.authorization).toBeUndefined();
});

it.each<[string, Respond]>([
  ["204, of an input that is not live", text(204, "")],
  ["a refusal", text(403, "error code: 1010")],
  ["a refusal with a number in it", json(403, { liveViewers: 5 })],
  ["an input that isn't there", json(404, {})],
  ["HTML", text(200, "<!doctype html><p>7</p>")],
  ["a hidden count", json(200, {})],
  ["a number that is none", json(200, { liveViewers: "many" })],
  ["a negative number", json(200, { liveViewers: -1 })],
  ["a number beyond all viewers", json(200, { liveViewers: 1e15 })],
  ["a redirect", text(302, "")],
  ["more than a number takes", text(200, " ".repeat(100_000) + '{"liveViewers":1}')],
])("gives no number for %s", async (_what, respond) => {
  const { count } = await viewers(respond);
  expect(await count()).toBe(null);
});

it("gives no number where nobody answers, and the next one afterwards", async () => {
  const { count } = await viewers(inTurn(silence, json(200, { liveViewers: 2 })), 200);
  expect(await count()).toBe(null);
  expect(await count(await refusingUrl())).toBe(null);
  expect(await count()).toBe(2);
});
