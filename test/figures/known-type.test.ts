import { Registry } from "prom-client";
import { expect, it } from "vitest";

import { createWebhookFigures } from "../../src/figures/webhooks.ts";
import { sampleOf } from "./scrape.ts";

it("a type that no table knows makes no series of its own", async () => {
  const registry = new Registry();
  const { onReceived } = createWebhookFigures([registry]);
  for (const type of ["ncs.9.1", "rtc.99999", "constructor", "rtc.103"]) {
    onReceived({ source: "agora", door: "/agora", type, outcome: "stored", why: null, ms: 3 });
  }
  const text = await registry.metrics();
  expect(sampleOf(text, 'tally_webhooks_total{source="agora",type="other",outcome="stored"}')).toBe(3);
  expect(sampleOf(text, 'tally_webhooks_total{source="agora",type="rtc.103",outcome="stored"}')).toBe(1);
  expect(text.match(/^tally_webhooks_total/gm)).toHaveLength(2);
});
