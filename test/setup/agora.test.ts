import { expect, it } from "vitest";

import { agoraProducts } from "../../src/setup/index.ts";
import { agoraSubscriptions, eventTypes } from "../../src/webhooks/index.ts";
import { envelopeOf, fixtures, meaningOf } from "../webhooks/support.ts";

const subscribed = agoraSubscriptions.flatMap(({ prefix, events, optional }) =>
  [...events, ...optional].map((number) => `${prefix}.${number}`),
);

it("every event to subscribe to is one that is known by name", () => {
  expect(subscribed.filter((type) => !Object.hasOwn(eventTypes, type))).toEqual([]);
  expect(new Set(subscribed).size).toBe(subscribed.length);
});

it("every event of Agora's that means something is subscribed to", () => {
  const meaningful = fixtures.flatMap(({ door, bytes }) => {
    const meaning = meaningOf(door, bytes);
    // That a recorder was seen is a help, whatever tells it.
    const isNeeded = door === "/agora" && meaning.kind === "event" && meaning.event.type !== "RecorderSeen";
    return isNeeded ? [envelopeOf(door, bytes).type] : [];
  });
  expect(meaningful).toContain("rtc.103");
  // 40 is 70 in the modes that record a channel without a page.
  expect(meaningful.filter((type) => !subscribed.includes(type) && type !== "recording.40")).toEqual([]);
});

it("the console's list has the URL and the names", () => {
  expect(agoraProducts("https://tally.example.com")[0]).toMatchObject({
    product: "RTC channel events",
    url: "https://tally.example.com/webhooks/agora",
    secret: "AGORA_NCS_SECRET",
    events: expect.arrayContaining([
      { number: 103, name: "host joined", isOptional: false },
      { number: 107, name: "user joined", isOptional: true },
    ]) as unknown,
  });
});
