import { setTimeout as wait } from "node:timers/promises";

import { afterEach, expect, it } from "vitest";

import { signAgora } from "../../src/webhooks/index.ts";
import { type Evening, openEvening } from "./evening.ts";

let evening: Evening;
afterEach(() => evening.close());

it("with AGORA_NCS_ALLOW_LIST, signed webhooks are taken from the addresses that Agora names, and no others", async () => {
  evening = await openEvening({ AGORA_NCS_ALLOW_LIST: "true", TRUST_PROXY: "1" });
  const { url } = await evening.start();
  const secret = evening.environment.AGORA_NCS_SECRET?.split(",")[0] ?? "";
  const post = async (address: string) => {
    const body = JSON.stringify({ productId: 1, eventType: 105, payload: {}, noticeId: `${Math.random()}` });
    const headers = { ...signAgora(secret, body), "x-forwarded-for": address };
    const answer = await fetch(`${url}/webhooks/agora`, { method: "POST", headers, body });
    return { status: answer.status, body: await answer.json() };
  };

  // Open until Agora has answered, which is soon.
  const deadline = Date.now() + 20_000;
  let stranger = await post("203.0.113.7");
  while (stranger.status === 200 && Date.now() < deadline) {
    await wait(20);
    stranger = await post("203.0.113.7");
  }
  expect(stranger).toMatchObject({ status: 403, body: { status: 403, code: "address_refused" } });
  expect(evening.calls()).toContain("ncsIp");
  expect((await post("127.0.0.1")).status).toBe(200);
  expect((await post("127.0.0.1, 203.0.113.7")).status).toBe(403);
});
