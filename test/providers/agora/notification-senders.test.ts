import { expect, it, onTestFinished } from "vitest";

import { createAgoraTransport, createNotificationSenders } from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { json, listen, type Respond, text } from "../support/http-server.ts";

async function senders(respond: Respond) {
  const { url, received } = await listen(respond);
  const deps = testDeps();
  const transport = createAgoraTransport({ hosts: [[url]], customerId: "c", customerSecret: "s" }, deps);
  onTestFinished(() => transport.close());
  return { client: createNotificationSenders(transport), received, happened: deps.happened };
}

const hosts = (...addresses: unknown[]) => ({
  data: { service: { hosts: addresses.map((primaryIP) => ({ primaryIP, more: 1 })) }, more: 1 },
});

it("asks in its turn, with the account's credentials", async () => {
  const { client, received, happened } = await senders(json(200, hosts("203.0.113.7")));
  await client.list();
  const authorization = `Basic ${Buffer.from("c:s").toString("base64")}`;
  expect(received).toMatchObject([{ method: "GET", url: "/v2/ncs/ip", headers: { authorization } }]);
  expect(happened).toEqual(["reserve agora 1", "slot 1 ready"]);
});

it("reads the addresses", async () => {
  const { client } = await senders(json(200, hosts("203.0.113.7", " 2001:db8::7 ", "soon")));
  expect(await client.list()).toEqual({ ok: true, addresses: ["203.0.113.7", "2001:db8::7", "soon"] });
});

it.each([
  ["no addresses", json(200, hosts())],
  ["the documents' placeholders", json(200, hosts("xxx.xxx.xxx.xxx", "xxx.xxx.xxx.xxx"))],
  ["numbers", json(200, hosts(7))],
  ["nothing", json(200, {})],
  ["a page", text(200, "<html>")],
  ["a refusal", json(401, { message: "Invalid authentication credentials" })],
])("concludes nothing from %s", async (_name, respond) => {
  const { client } = await senders(respond);
  expect(await client.list()).toMatchObject({ ok: false, error: { provider: "agora", operation: "ncs_ip" } });
});
