import { setTimeout as wait } from "node:timers/promises";

import fetch from "node-fetch";
import { expect, onTestFinished, test } from "vitest";

import { sessionAnswer } from "../../src/api/sessions/schemas.ts";
import type { SettingsChange } from "../../src/sandbox/settings.ts";
import { type Receiver, startReceiver } from "../notifications/receiver.ts";
import { type Evening, openEvening } from "./evening.ts";

type Session = ReturnType<typeof sessionAnswer.parse>;

async function open(settings: SettingsChange, overrides: Record<string, string>): Promise<Evening> {
  const evening = await openEvening(overrides);
  onTestFinished(() => evening.close());
  evening.sandbox.control.changeSettings(settings);
  return evening;
}

/** She is live, and leaves. @returns the session's id */
async function broadcast(evening: Evening, channel: string): Promise<string> {
  evening.sandbox.control.join(channel, 1001, "host");
  const { sessionId } = await evening.until(channel, "live", ({ live }) => live);
  evening.sandbox.control.leave(channel, 1001, "host");
  await evening.until(channel, "stopped", ({ state }) => state === "stopped");
  return sessionId ?? "";
}

async function sessionWith(evening: Evening, id: string, isSo: (session: Session) => boolean): Promise<Session> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const session = sessionAnswer.parse((await evening.api("GET", `/v1/sessions/${id}`)).body);
    if (isSo(session)) return session;
    if (Date.now() > deadline) throw new Error(`no such session: ${JSON.stringify(session)}`);
    await wait(20);
  }
}

interface Told {
  type: string;
  data: { status: { playback: { hls: string } | null }; video?: { uid: string; hls: string } };
}

function toldIn({ received }: Receiver, type: string): Told {
  const told = received.map(({ body }) => JSON.parse(body) as Told).find((each) => each.type === type);
  if (told === undefined) throw new Error(`${type} was not told`);
  return told;
}

test("a video whose webhook never comes is found by asking", async () => {
  const evening = await open({}, { VIDEO_CHECK_SECONDS: "0.5,6,12" });
  await evening.start();
  evening.sandbox.control.planFaults({ match: { kind: "cloudflare-video" }, action: "lose", times: 10 });
  const id = await broadcast(evening, "channel_1");
  const { video, videos } = await sessionWith(evening, id, (session) => session.video?.ready === true);
  expect(video).toMatchObject({ readyAt: expect.any(String) as string, durationSeconds: expect.any(Number) as number });
  expect(videos).toEqual([video]);
  expect(evening.calls()).toContain("liveInputs.videos");
});

test("a webhook that names the video alone finds the session that the question gave it to", async () => {
  const evening = await open(
    { videos: { webhookNamesLiveInput: false, list: "object" } },
    { VIDEO_CHECK_SECONDS: "0.5" },
  );
  await evening.start();
  const id = await broadcast(evening, "channel_1");
  const { video } = await sessionWith(evening, id, (session) => session.video?.ready === true);
  expect(video?.hls).toContain(`/${video?.uid}/`);
  expect(evening.calls().filter((operation) => operation === "liveInputs.videos")).toHaveLength(1);
});

test("with signed links required, the links of the status and of notifications play, and the plain ones don't", async () => {
  const evening = await open({}, { NOTIFICATION_ALLOW_PRIVATE: "true" });
  const { cloudflare } = { cloudflare: evening.environment };
  const answer = await fetch(
    `${cloudflare.CLOUDFLARE_API_URL}/accounts/${cloudflare.CLOUDFLARE_STREAM_ACCOUNT_ID}/stream/keys`,
    { method: "POST", headers: { authorization: `Bearer ${cloudflare.CLOUDFLARE_STREAM_API_TOKEN}` } },
  );
  const { result } = (await answer.json()) as { result: { id: string; pem: string } };
  Object.assign(evening.environment, {
    CLOUDFLARE_STREAM_REQUIRE_SIGNED_URLS: "true",
    CLOUDFLARE_STREAM_SIGNING_KEY_ID: result.id,
    CLOUDFLARE_STREAM_SIGNING_KEY: result.pem,
  });
  await evening.start();
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  await evening.api("POST", "/v1/notification-endpoints", {
    url: receiver.url,
    events: ["live.playable", "video.ready"],
  });
  evening.sandbox.control.join("channel_1", 1001, "host");
  const { playback } = await evening.until("channel_1", "live", ({ live }) => live);
  const signed = playback?.hls ?? "";
  const browser = { headers: { "user-agent": "Mozilla/5.0 (X11)" } };
  const status = async (url: string) => (await fetch(url, browser)).status;
  // 204 until it can be watched.
  expect([200, 204]).toContain(await status(signed));
  const [token = ""] = /[\w-]+\.[\w-]+\.[\w-]+(?=\/manifest)/.exec(signed) ?? [];
  const { sub } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sub: string };
  expect(await status(signed.replace(token, sub))).toBe(401);
  expect(await status(signed.replace(token, `${token}x`))).toBe(401);

  await receiver.seen(1);
  expect(await status(toldIn(receiver, "live.playable").data.status.playback?.hls ?? "")).toBe(200);
  evening.sandbox.control.leave("channel_1", 1001, "host");
  await receiver.seen(2);
  const { uid, hls } = toldIn(receiver, "video.ready").data.video ?? {};
  expect(await status(hls ?? "")).toBe(200);
  expect(await status(hls?.replace(/[^/]+(?=\/manifest)/, uid ?? "") ?? "")).toBe(401);
});
