import fetch from "node-fetch";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Evening, openEvening } from "./evening.ts";

const channel = "channel_9";
let evening: Evening;

beforeEach(async () => {
  // The hold of 60 s lasts 3 s in the sandbox.
  evening = await openEvening({ PLAYBACK_HOLD_SECONDS: "3", INGEST_LOST_SECONDS: "60" });
  await evening.start();
});
afterEach(() => evening.close());

const control = () => evening.sandbox.control;
const sid = () => control().record().recorders.at(-1)?.sid ?? "";
const looks = () =>
  control()
    .record()
    .calls.filter(({ operation }) => operation.startsWith("playback.")).length;
const until = (what: string, isSo: Parameters<Evening["until"]>[2]) => evening.until(channel, what, isSo);

async function manifestStatus(): Promise<number> {
  const { playback } = await until("with links", (status) => status.playback !== null);
  const headers = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64)" };
  return (await fetch(playback?.hls ?? "", { headers })).status;
}

describe("an evening for viewers", () => {
  test("live, then playable; a short drop ends nothing, a long one does, and the next picture is asked about", async () => {
    // Not playable before this was looked at.
    const notYet = { status: 200, body: { isInput: true, videoUID: null, live: false } };
    control().planFaults({ operation: "playback.lifecycle", answer: notYet, times: 100_000 });
    control().join(channel, 1001, "host");
    const live = await until("live", (status) => status.live);
    expect(live).toMatchObject({ playable: false, playableAt: null, reason: null });
    control().clearFaults();

    const playable = await until("playable", (status) => status.playable);
    expect(playable).toMatchObject({ live: true, playableAt: expect.any(String) as string });
    expect(await manifestStatus()).toBe(200);
    const asked = looks();

    control().dropPush(sid());
    expect(await until("off", ({ live }) => !live)).toMatchObject({ playable: true, playback: playable.playback });
    control().recoverPush(sid());
    expect(await until("live again", (status) => status.live)).toMatchObject({ playable: true });
    expect(await manifestStatus()).toBe(200);
    expect(looks()).toBe(asked + 1); // ours, of the manifest

    control().dropPush(sid());
    await until("not playable", (status) => !status.playable);
    control().recoverPush(sid());
    expect(await until("live once more", (status) => status.live)).toMatchObject({ playable: false });
    const again = await until("playable again", (status) => status.playable);
    expect(again.playableAt).toBe(playable.playableAt);
    expect(looks()).toBeGreaterThan(asked + 1);
  });

  test("a broadcast that never plays is live, not playable, and says why", async () => {
    control().changeSettings({ delivery: { neverPlayable: true } });
    control().join(channel, 1001, "host");
    const status = await until("explained", ({ reason }) => reason?.code === "not_playable");
    expect(status).toMatchObject({ state: "recording", live: true, playable: false });
  });

  test("a delivery that answers nothing but refusals hides no broadcast", async () => {
    const answer = { status: 403, body: "error code: 1010", headers: { "content-type": "text/plain" } };
    for (const operation of ["playback.lifecycle", "playback.manifest"] as const) {
      control().planFaults({ operation, times: 1000, answer });
    }
    control().join(channel, 1001, "host");
    expect(await until("live", ({ live }) => live)).toMatchObject({ playable: false });
    expect(await until("playable", ({ playable }) => playable)).toMatchObject({ live: true, reason: null });
  });
});
