import { expect, test } from "vitest";

import { judgeDeliveries, judgeRefusals } from "../../src/doctor/traffic.ts";

const now = new Date("2026-03-01T20:00:00Z");
const refused = {
  source: "cloudflare",
  sender: "Cloudflare notifications",
  door: "/cloudflare/live",
  from: now,
  to: now,
  count: 1,
  todo: "Do this.",
  isAlarming: true,
  afterwards: { state: "nothing", at: null },
} as const;

test("no refusal is well", () => {
  expect(judgeRefusals([], now)).toEqual([{ state: "ok", says: "none in the last 24 hours", todo: null }]);
});

test("a wrong secret is a warning that names the setting, and strangers' noise is none", () => {
  const found = judgeRefusals(
    [
      {
        ...refused,
        why: "cf-webhook-auth is not the secret in CLOUDFLARE_NOTIFICATION_SECRET",
        count: 12,
        to: new Date(now.getTime() - 180_000),
      },
      { ...refused, isAlarming: false, source: "agora", door: "/agora", why: "not sent by Agora" },
    ],
    now,
  );
  expect(found).toEqual([
    {
      state: "warning",
      says:
        "/webhooks/cloudflare/live: cf-webhook-auth is not the secret in CLOUDFLARE_NOTIFICATION_SECRET; " +
        "12 times, last 3 min ago",
      todo: "Do this.",
    },
    { state: "ok", says: "/webhooks/agora: not sent by Agora; once, just now: strangers', likely", todo: null },
  ]);
});

test("what is over is no warning, and what a restart may have mended says so", () => {
  const says = judgeRefusals(
    [
      { ...refused, why: "wrong", isAlarming: false, afterwards: { state: "accepted", at: now } },
      { ...refused, why: "wrong", afterwards: { state: "restart", at: now } },
      { ...refused, why: "wrong", afterwards: { state: "others", at: null } },
    ],
    now,
  );
  const live = "/webhooks/cloudflare/live: wrong; once, just now";
  expect(says).toEqual([
    { state: "ok", says: `${live}; accepted again since 20:00:00 UTC`, todo: null },
    { state: "warning", says: `${live}, before this start; nothing came since`, todo: "Do this." },
    { state: "warning", says: expect.stringContaining("others there are accepted") as string, todo: "Do this." },
  ]);
});

test("a provider that was never heard is a warning with what to press", () => {
  const heard = { agora: now, live: new Date(now.getTime() - 3_600_000), video: now };
  expect(judgeDeliveries(heard, now)).toEqual({
    state: "ok",
    says: "Agora: just now; Cloudflare live: 60 min ago; Cloudflare video: just now",
    todo: null,
  });
  expect(judgeDeliveries({ ...heard, video: null }, now)).toMatchObject({
    state: "warning",
    says: "Agora: just now; Cloudflare live: 60 min ago; Cloudflare video: nothing yet",
    todo: expect.stringContaining("tally setup cloudflare") as string,
  });
});
