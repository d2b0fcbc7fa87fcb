import { expect, test } from "vitest";

import { judgeDeliveries, judgeRefusals } from "../../src/doctor/traffic.ts";

const now = new Date("2026-03-01T20:00:00Z");
const refused = { source: "cloudflare", door: "/cloudflare/live", from: now, to: now, count: 1 } as const;

test("no refusal is well", () => {
  expect(judgeRefusals([], now)).toEqual([{ state: "ok", says: "none in the last 24 hours", todo: null }]);
});

test("a wrong secret is a warning that names the setting, and strangers' noise is none", () => {
  const found = judgeRefusals(
    [
      {
        ...refused,
        why: "cf-webhook-auth is none of the 1 secrets of CLOUDFLARE_NOTIFICATION_SECRET",
        count: 12,
        to: new Date(now.getTime() - 180_000),
      },
      { ...refused, source: "agora", door: "/agora", why: "not sent by Agora" },
    ],
    now,
  );
  expect(found).toEqual([
    {
      state: "warning",
      says:
        "/webhooks/cloudflare/live: cf-webhook-auth is none of the 1 secrets of CLOUDFLARE_NOTIFICATION_SECRET; " +
        "12 times, last 3 min ago",
      todo: expect.stringContaining("Enter CLOUDFLARE_NOTIFICATION_SECRET") as string,
    },
    { state: "ok", says: "/webhooks/agora: not sent by Agora; once, just now: strangers', likely", todo: null },
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
