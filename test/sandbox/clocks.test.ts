import { afterEach, beforeEach, expect, test } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { createInput, startRecorder } from "./bodies.ts";
import { agoraClient, call, cloudflareClient } from "./clients.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

const hourMs = 3_600_000;

let receiver: Receiver;
let sandbox: Sandbox;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await createSandbox({ settings: { serviceUrl: receiver.url, pace: 0.02 } });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const setClocks = (clocks: object) => call("POST", `${sandbox.url}/sandbox/settings`, { clocks });
const secondsOff = (ms: number) => Math.abs(ms - Date.now()) / 1000;

test.each([-hourMs, hourMs])(
  "a clock that is %d ms off shows in all that its provider stamps and signs",
  async (off) => {
    expect((await setClocks({ agoraOffsetMs: off, cloudflareOffsetMs: off })).status).toBe(200);
    const { rtmpUrl } = await createInput(cloudflareClient(sandbox));
    const { sid } = await startRecorder(agoraClient(sandbox), { rtmpUrl });
    sandbox.control.join("shop_1", 42, "host");
    await sandbox.control.until("a publisher", ({ publishers }) => publishers.length === 1);
    sandbox.control.crash(sid);
    await receiver.until(1, ({ headers }) => "webhook-signature" in headers);

    const stamps = receiver.received.flatMap(({ raw, headers }) => {
      const { notifyMs, payload, data } = JSON.parse(raw) as Stamped;
      const signedAt = /^time=(\d+)/.exec(String(headers["webhook-signature"]))?.[1];
      return [
        notifyMs,
        payload?.sendts,
        payload?.clientSeq,
        payload?.ts && payload.ts * 1000,
        data && Date.parse(data.updated_at),
        signedAt && Number(signedAt) * 1000,
      ].filter((ms) => typeof ms === "number");
    });
    expect(stamps.length).toBeGreaterThan(10);
    for (const stamp of stamps) expect(secondsOff(stamp - off)).toBeLessThan(30);
    for (const { at } of sandbox.control.record().webhooks) expect(secondsOff(at)).toBeLessThan(30);
  },
);

interface Stamped {
  notifyMs?: number;
  payload?: { ts?: number; sendts?: number; clientSeq?: number };
  data?: { updated_at: string };
}

test("a clock that is put back lets clientSeq grow all the same", async () => {
  await setClocks({ agoraOffsetMs: hourMs });
  sandbox.control.join("shop_1", 42, "host");
  await setClocks({ agoraOffsetMs: 0 });
  sandbox.control.leave("shop_1", 42, "host");
  const [joined] = await receiver.until(1, ({ body }) => body.eventType === 103);
  const [left] = await receiver.until(1, ({ body }) => body.eventType === 104);
  expect(left?.body.payload.clientSeq).toBeGreaterThan(joined?.body.payload.clientSeq ?? Infinity);
});

test("planned faults that were not used up are forgotten on demand", async () => {
  sandbox.control.planFaults({ match: { eventType: 103 }, action: "lose" }, { operation: "acquire", answer: "drop" });
  expect((await call("POST", `${sandbox.url}/sandbox/faults/clear`)).status).toBe(200);
  expect(sandbox.control.state()).toMatchObject({ faults: [] });
  sandbox.control.join("shop_1", 42, "host");
  await receiver.until(1, ({ body }) => body.eventType === 103);
});
