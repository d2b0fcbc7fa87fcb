import fc from "fast-check";

import { defaultPolicy, type LiveEvent } from "../../src/live/index.ts";
import { ingestEvent, rtcEvent } from "../eventlog/deliveries.ts";
import { agoraRefusal, cloudflareRefusal } from "./providers.ts";
import type { World } from "./world.ts";

/** One thing that happens to a channel. */
export type Step =
  | { do: "deliver"; events: { type: number; uid: number; seq: number }[] }
  | { do: "ingest"; what: "connected" | "disconnected"; second: number }
  | { do: "ask"; what: "StartRequested" | "StopRequested" | "HoldReleased" }
  | { do: "perform"; refuse: ("acquire" | "start" | "stop" | "get" | "users")[] };

const rtc = fc.record({
  type: fc.constantFrom(102, 103, 103, 104, 105, 106, 107, 108, 111, 112),
  uid: fc.integer({ min: 1, max: 3 }),
  seq: fc.integer({ min: 1, max: 12 }),
});
export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("deliver" as const), events: fc.array(rtc, { minLength: 1, maxLength: 6 }) }),
  fc.record({
    do: fc.constant("ingest" as const),
    what: fc.constantFrom("connected" as const, "disconnected" as const),
    second: fc.integer({ min: 10, max: 59 }),
  }),
  fc.record({
    do: fc.constant("ask" as const),
    what: fc.constantFrom("StartRequested" as const, "StopRequested" as const, "HoldReleased" as const),
  }),
  fc.record({
    do: fc.constant("perform" as const),
    refuse: fc.subarray(["acquire" as const, "start" as const, "stop" as const, "get" as const, "users" as const]),
  }),
);

/** Times so short that grace, retries and checkups happen between two steps. */
export const hastyPolicy = {
  ...defaultPolicy,
  stopGraceMs: 0,
  startRetryMs: [0, 0],
  recoveryMs: [0],
  startConfirmMs: 0,
  ingestLostMs: 0,
  checkupMs: 30,
  workerLostMs: 0,
  stopDeadMs: 60,
};

/** Has it happen, and waits until the channel is up to date. */
export async function take(world: World, channel: string, next: Step): Promise<void> {
  switch (next.do) {
    case "deliver":
      await world.deliver(...next.events.map(({ type, ...of }) => rtcEvent(type, { channel, ...of })));
      return;
    case "ingest":
      await world.deliver(ingestEvent(next.what, `input-of-${channel}`, `2026-01-01T00:00:${next.second}.000000000Z`));
      return;
    case "ask":
      await world.ask(channel, { type: next.what } satisfies LiveEvent);
      return;
    case "perform":
      if (next.refuse.includes("acquire")) {
        world.fake.answer("acquire", () => Promise.resolve({ ...agoraRefusal(500), disposition: "reacquire" }));
      }
      if (next.refuse.includes("start")) {
        world.fake.answer("start", () =>
          Promise.resolve({ ...agoraRefusal(null), disposition: "retry", mayRun: true }),
        );
      }
      if (next.refuse.includes("stop")) world.fake.answer("stop", () => Promise.resolve(agoraRefusal(504, 62)));
      if (next.refuse.includes("get")) {
        world.fake.answer("get", () => Promise.resolve(cloudflareRefusal(404, { notFound: true })));
      }
      if (next.refuse.includes("users")) world.fake.answer("users", () => Promise.resolve(agoraRefusal(429)));
      await world.performOnce();
  }
}
