import { afterEach, beforeEach, expect, test } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { type AgoraClient, agoraClient, call } from "./clients.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { isSigned } from "./signatures.ts";

let receiver: Receiver;
let sandbox: Sandbox;
let agora: AgoraClient;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await createSandbox({ settings: { serviceUrl: receiver.url, pace: 0.02 } });
  agora = agoraClient(sandbox);
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const control = (path: string, body?: object) => call("POST", `${sandbox.url}/sandbox${path}`, body);

async function notified(count: number) {
  const received = await receiver.until(count, () => true);
  for (const one of received) expect(isSigned(sandbox, one), one.raw).toBe(true);
  return received.map(({ body }) => body);
}

test("hosts and audience come, switch roles and go, with the documented events and a growing clientSeq", async () => {
  const steps: [path: string, body: object | undefined, events: number[]][] = [
    ["/channels/shop_1/hosts/42/join", { platform: 2, account: "anna" }, [101, 103]],
    ["/channels/shop_1/audience/7/join", undefined, [105]],
    ["/channels/shop_1/hosts/42/role", { role: "audience" }, [112]],
    ["/channels/shop_1/audience/42/role", { role: "host" }, [111]],
    ["/channels/shop_1/audience/7/leave", undefined, [106]],
    ["/channels/shop_1/hosts/42/leave", { reason: 2 }, [104, 102]],
  ];
  const all: number[] = [];
  for (const [path, body, events] of steps) {
    expect((await control(path, body)).status).toBe(200);
    all.push(...events);
    await receiver.until(all.length, () => true);
  }
  const bodies = await notified(all.length);
  const byType = (eventType: number) => bodies.find((body) => body.eventType === eventType);
  expect(bodies.map(({ eventType }) => eventType).sort()).toEqual([...all].sort());
  expect(new Set(bodies.map(({ sid }) => sid)).size).toBe(1);

  expect(byType(101)?.payload).toEqual({ channelName: "shop_1", ts: expect.any(Number) as number });
  expect(byType(103)).toMatchObject({
    productId: 1,
    notifyMs: expect.any(Number) as number,
    payload: { channelName: "shop_1", uid: 42, platform: 2, account: "anna", clientSeq: expect.any(Number) as number },
  });
  expect(byType(103)?.payload).not.toHaveProperty("clientType");
  expect(byType(112)?.payload).not.toHaveProperty("platform");
  expect(byType(106)?.payload).toMatchObject({ uid: 7, reason: 1, duration: expect.any(Number) as number });
  expect(byType(104)?.payload).toMatchObject({ uid: 42, reason: 2, account: "anna" });
  expect(byType(102)?.payload).toMatchObject({ channelName: "shop_1", lastUid: 42 });
  const seqs = [103, 105, 112, 111, 106, 104].map((eventType) => byType(eventType)?.payload.clientSeq ?? NaN);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
});

test("a Linux bot carries its clientType", async () => {
  await control("/channels/shop_1/audience/9/join", { platform: 6, clientType: 10 });
  const bodies = await notified(2);
  expect(bodies.find(({ eventType }) => eventType === 105)?.payload).toMatchObject({ platform: 6, clientType: 10 });
});

test("the channel queries answer what the notifications told", async () => {
  expect((await agora.channelUser("shop 1?")).body).toEqual({ success: true, data: { channel_exist: false } });
  sandbox.control.join("shop 1?", 42, "host");
  sandbox.control.join("shop 1?", 7, "audience");
  sandbox.control.join("other", 8, "audience");
  expect(await agora.channelUser("shop 1?")).toMatchObject({
    status: 200,
    body: {
      success: true,
      data: { channel_exist: true, mode: 2, broadcasters: [42], audience: [7], audience_total: 1 },
    },
  });
  const hosts = await agora.ask("GET", `${agora.root}/dev/v1/channel/user/${agora.appId}/other?hosts_only=1`);
  expect(hosts.body).toEqual({ success: true, data: { channel_exist: true, mode: 2, broadcasters: [] } });
  expect((await agora.channelList("?page_no=1&page_size=1")).body).toEqual({
    success: true,
    data: { channels: [{ channel_name: "other", user_count: 1 }], total_size: 2 },
  });

  sandbox.control.leave("shop 1?", 42, "host");
  sandbox.control.leave("shop 1?", 7, "audience");
  expect((await agora.channelUser("shop 1?")).body).toEqual({ success: true, data: { channel_exist: false } });
});

test.each([
  ["an unknown member", "/channels/shop_1/hosts/42/join", { platfrom: 1 }, 400, "platfrom"],
  ["a clientType of a phone", "/channels/shop_1/hosts/42/join", { platform: 1, clientType: 10 }, 400, "platform"],
  ["uid 0", "/channels/shop_1/hosts/0/join", {}, 400, "uid"],
  ["a channel that Agora does not allow", "/channels/shop%2F1/hosts/42/join", {}, 400, "channel"],
  ["an unknown role", "/channels/shop_1/hosts/1/role", { role: "broadcaster" }, 400, "role"],
  ["a leave of somebody absent", "/channels/shop_1/hosts/42/leave", {}, 404, "let it join first"],
  ["a second join", "/channels/shop_1/hosts/1/join", {}, 409, "leave first"],
  ["a join in another role", "/channels/shop_1/audience/1/join", {}, 409, "switch its role"],
  ["a leave in another role", "/channels/shop_1/audience/1/leave", {}, 409, "as host"],
  ["a switch to the same role", "/channels/shop_1/hosts/1/role", { role: "host" }, 409, "already"],
  ["something else", "/channels/shop_1/guests/1/join", {}, 404, "there is no"],
])("refuses %s and says why", async (_what, path, body, status, words) => {
  sandbox.control.join("shop_1", 1, "host");
  expect(await control(path, body)).toMatchObject({
    status,
    body: { error: expect.stringContaining(words) as string },
  });
});

test("a crowd comes over some time, each for as long as is said", async () => {
  const answer = await control("/channels/shop_1/crowd", { viewers: 3, seconds: 1, staySeconds: 1 });
  const { uids } = answer.body as { uids: number[] };
  expect(new Set(uids).size).toBe(3);
  const events = (await notified(8)) as { eventType: number; payload: { uid?: number } }[];
  const uidsOf = (type: number) =>
    events.filter(({ eventType }) => eventType === type).map(({ payload }) => payload.uid);
  expect(uidsOf(105).sort()).toEqual(uids);
  expect(uidsOf(106).sort()).toEqual(uids);
  expect(await agora.channelUser("shop_1")).toMatchObject({ body: { data: { channel_exist: false } } });
  expect(await control("/channels/shop_1/crowd", { viewers: 0 })).toMatchObject({ status: 400 });
});
