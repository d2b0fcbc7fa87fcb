import { expect, onTestFinished, test } from "vitest";

import { type Receiver, type Respond, startReceiver } from "../notifications/receiver.ts";
import { openEvening } from "./evening.ts";

test("six receivers that take a notification and never answer keep no start and no stop of a recording waiting", async () => {
  const evening = await openEvening({ NOTIFICATION_ALLOW_PRIVATE: "true" });
  onTestFinished(() => evening.close());
  const { control } = evening.sandbox;
  await evening.start();
  let givenUp = 0;
  const hang: Respond = (response) => response.once("close", () => givenUp++);
  const receivers: Receiver[] = [];
  for (let i = 0; i < 6; i++) {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    receiver.answers.push(...Array<Respond>(100).fill(hang));
    await evening.api("POST", "/v1/notification-endpoints", { url: receiver.url });
    receivers.push(receiver);
  }
  control.join("channel_1", 1001, "host");
  await Promise.all(receivers.map(({ seen }) => seen(1)));

  for (const n of [2, 3, 4]) control.join(`channel_${n}`, 1000 + n, "host");
  const times = (operation: string) => evening.calls().filter((called) => called === operation).length;
  await control.until("four starts", () => times("start") === 4);
  control.leave("channel_1", 1001, "host");
  await control.until("a stop", () => times("stop") === 1);
  // They hang still: each has what it took first, and no other process or attempt has made room.
  expect(givenUp).toBe(0);
  for (const { received } of receivers) expect(received.length).toBeGreaterThanOrEqual(1);
}, 60_000);
