import { setTimeout as wait } from "node:timers/promises";

import { afterAll, beforeAll, it } from "vitest";

import { type MetricsAnswer, metricsAnswer } from "../../src/api/metrics-schemas.ts";
import { type Evening, openEvening } from "./evening.ts";

let evening: Evening;

beforeAll(async () => {
  // Real seconds: the shortest interval there is.
  evening = await openEvening({ METRICS_SECONDS: "5", CHECKUP_SECONDS: "3" });
  await evening.start();
});
afterAll(() => evening.close());

/** Waits for a sample that is so. */
async function untilSampled(what: string, isSo: (point: MetricsAnswer["items"][number]) => boolean): Promise<void> {
  const deadline = Date.now() + 25_000;
  for (;;) {
    const { status, body } = await evening.api("GET", "/v1/channels/channel_8/metrics?step=1s");
    const { items } = status === 200 ? metricsAnswer.parse(body) : { items: [] };
    if (items.some(isSo)) return;
    if (Date.now() > deadline) throw new Error(`never ${what}: ${JSON.stringify(body)}`);
    await wait(50);
  }
}

it("a seller sees how many watch in the app and at Cloudflare, without bots and our own page", async () => {
  const { control } = evening.sandbox;
  const { uids } = control.crowd("channel_8", { viewers: 40 });
  control.join("channel_8", 1001, "host");
  control.join("channel_8", 4_000_000, "audience", { platform: 6, clientType: 10 });
  await evening.until("channel_8", "live", ({ live }) => live);
  const { liveInputs } = control.state() as { liveInputs: { uid: string }[] };
  for (const { uid } of liveInputs) control.setViewers(uid, 113);

  await untilSampled("all of them counted", ({ agoraViewers, hlsViewers, relayHealth }) => {
    return agoraViewers === 40 && hlsViewers === 113 && relayHealth === "publishing";
  });
  for (const uid of uids.slice(0, 15)) control.leave("channel_8", uid, "audience");
  await untilSampled("15 of them gone", ({ agoraViewers }) => agoraViewers === 25);
}, 60_000);
