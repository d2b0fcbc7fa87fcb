import { describe, expect, test } from "vitest";

import { adviceOn } from "../../src/journal/index.ts";
import { admitAgora } from "../../src/webhooks/agora/authenticate.ts";
import { admitCloudflareNotification } from "../../src/webhooks/cloudflare/notification/authenticate.ts";
import { admitCloudflareVideo } from "../../src/webhooks/cloudflare/video/authenticate.ts";
import type { Admission } from "../../src/webhooks/delivery.ts";
import { refusalOf } from "../../src/webhooks/refusal.ts";
import { signAgora, signCloudflareVideo } from "../../src/webhooks/sign.ts";

const body = Buffer.from("{}");
const now = Date.parse("2026-03-01T20:00:00Z");

/** The reason under which a delivery is counted. */
function whyOf(admission: Admission): string {
  const refused = admission.ok ? admission.authenticate(body) : admission;
  if (refused.ok) throw new Error("it was let in");
  return refused.kind ?? refused.why;
}
const video = (headers: Record<string, string>, at = now) => whyOf(admitCloudflareVideo(headers, ["right"], at));
const signedVideo = signCloudflareVideo("wrong", body, now / 1000);
const agora = (headers: Record<string, string>) => whyOf(admitAgora(headers, ["right", "other"]));

describe("what a provider's own deliveries are refused for, when a setting is wrong, is alarming and names it", () => {
  test.each([
    ["/agora", agora(signAgora("wrong", body)), /AGORA_NCS_SECRET/],
    [
      "/cloudflare/live",
      whyOf(admitCloudflareNotification({ "cf-webhook-auth": "wrong" }, ["right"])),
      /CLOUDFLARE_NOTIFICATION_SECRET/,
    ],
    ["/cloudflare/live", whyOf(admitCloudflareNotification({}, ["right"])), /CLOUDFLARE_NOTIFICATION_SECRET/],
    ["/cloudflare/video", video(signedVideo), /CLOUDFLARE_STREAM_WEBHOOK_SECRET/],
    ["/cloudflare/video", video(signedVideo, now + 3_600_000), /clocks/],
    ["/agora", refusalOf({ outcome: "address_refused", address: "192.0.2.1" }) ?? "", /TRUST_PROXY/],
  ])("%s: %s", (door, why, todo) => {
    expect(adviceOn({ door, why })).toMatchObject({ isAlarming: true, todo: expect.stringMatching(todo) as string });
  });
});

describe("what anybody sends is no alarm", () => {
  test.each([
    ["/agora", agora({})],
    ["/cloudflare/video", video({})],
    ["/cloudflare/video", video({ "webhook-signature": "none" })],
    ["/agora", refusalOf({ outcome: "broken_off" }) ?? ""],
  ])("%s: %s", (door, why) => {
    expect(why).not.toBe("");
    expect(adviceOn({ door, why }).isAlarming).toBe(false);
  });
});

test("senders have names", () => {
  const senderAt = (door: string) => adviceOn({ door, why: "any" }).sender;
  expect(["/agora", "/cloudflare/live", "/cloudflare/video", "/of/another/version"].map(senderAt)).toEqual([
    "Agora",
    "Cloudflare notifications",
    "Cloudflare Stream's webhook",
    "/of/another/version",
  ]);
});
