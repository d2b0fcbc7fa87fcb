import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { sessionAnswer } from "../../src/api/sessions/schemas.ts";
import { type Evening, openEvening, policy } from "./evening.ts";

type CallFault = Extract<Parameters<Evening["sandbox"]["control"]["planFaults"]>[0], { operation: unknown }>;
type Operation = CallFault["operation"];
type Answer = NonNullable<CallFault["answer"]>;

let evening: Evening;

beforeEach(async () => {
  evening = await openEvening();
  await evening.start();
});
afterEach(() => evening.close());

function join(channel: string, uid = 1001): void {
  evening.sandbox.control.join(channel, uid, "host");
}

function leave(channel: string, uid = 1001, reason = 1): void {
  evening.sandbox.control.leave(channel, uid, "host", reason);
}

async function goesLive(channel: string): Promise<void> {
  join(channel);
  await evening.until(channel, "live", (status) => status.live);
}

const recorders = () => evening.sandbox.control.record().recorders;
const running = () => recorders().filter(({ endedAt }) => endedAt === null);
const allEnded = () =>
  evening.sandbox.control.until("the end of every recorder", (record) =>
    record.recorders.every(({ endedAt }) => endedAt !== null),
  );

describe("an evening, from the first webhook to the video", () => {
  test("makes exactly the calls that it needs, in order", async () => {
    await goesLive("channel_7");
    leave("channel_7");
    await evening.until("channel_7", "stopped", ({ state }) => state === "stopped");
    expect(evening.calls()).toEqual([
      "liveInputs.list",
      "liveInputs.create",
      "liveInputs.get",
      "acquire",
      "start",
      "stop",
    ]);
    expect(recorders()).toMatchObject([{ cname: "channel_7", uid: "999007" }]);
  });

  test("ends with the session's video and its times", async () => {
    await goesLive("channel_7");
    leave("channel_7");
    await evening.sandbox.control.until("the video's webhook", ({ webhooks }) =>
      webhooks.some(({ kind, outcome }) => kind === "cloudflare-video" && outcome === "delivered"),
    );
    const stopped = await evening.until("channel_7", "stopped", ({ state }) => state === "stopped");
    expect(stopped).toMatchObject({ live: false, isRecording: false, sessionId: "7-1" });
    await expect
      .poll(async () => (await evening.api("GET", "/v1/sessions/7-1")).body, { timeout: 10_000 })
      .toMatchObject({ endReason: "host_left", video: { ready: true } });
  });

  test("has seconds without a host for the grace and the stop, and none besides", async () => {
    await goesLive("channel_7");
    const leftAt = Date.now();
    leave("channel_7");
    await evening.until("channel_7", "stopped", ({ state }) => state === "stopped");
    const { body } = await evening.api("GET", "/v1/sessions/7-1");
    const { endReason, recordedSeconds, recordedSecondsWithoutHost, closedAt, cost } = sessionAnswer.parse(body);
    expect(endReason).toBe("host_left");
    expect(recordedSecondsWithoutHost).toBeGreaterThanOrEqual(Number(policy.STOP_GRACE_SECONDS));
    // It closes when the stop is done, by the clock of this machine.
    expect(recordedSecondsWithoutHost).toBeLessThanOrEqual((Date.parse(closedAt ?? "") - leftAt) / 1000);
    expect(cost.agora.cloudRecording.seconds).toBe(recordedSeconds);
    expect(cost.amount).toBeGreaterThan(0);
  });

  test("a second live on the same channel is a new session with the other uid, on the same live input", async () => {
    await goesLive("channel_7");
    leave("channel_7");
    await evening.until("channel_7", "stopped", ({ state }) => state === "stopped");
    await goesLive("channel_7");
    expect(await evening.status("channel_7")).toMatchObject({ sessionId: "7-2" });
    expect(recorders().map(({ uid }) => uid)).toEqual(["999007", "2000000007"]);
    expect(evening.calls().filter((operation) => operation === "liveInputs.create")).toHaveLength(1);
    expect(running()).toHaveLength(1);
  });

  test("two channels at once don't meet", async () => {
    join("channel_1");
    join("channel_2");
    const [one, two] = await Promise.all(
      ["channel_1", "channel_2"].map((channel) => evening.until(channel, "live", ({ live }) => live)),
    );
    expect(one?.playback?.hls).not.toBe(two?.playback?.hls);
    leave("channel_1");
    await evening.until("channel_1", "stopped", ({ state }) => state === "stopped");
    expect(await evening.status("channel_2")).toMatchObject({ live: true });
  });

  test("a drop within the grace changes nothing at the providers", async () => {
    await goesLive("channel_7");
    const before = evening.calls();
    leave("channel_7", 1001, 10);
    await evening.until("channel_7", "away", ({ host }) => !host.present);
    join("channel_7");
    await evening.until("channel_7", "live again", ({ live }) => live);
    expect(evening.calls()).toEqual(before);
  });

  test("a host who only watches has left", async () => {
    await goesLive("channel_7");
    evening.sandbox.control.switchRole("channel_7", 1001, "audience");
    await evening.until("channel_7", "stopped", ({ state }) => state === "stopped");
    evening.sandbox.control.switchRole("channel_7", 1001, "host");
    await evening.until("channel_7", "live again", ({ live, sessionId }) => live && sessionId === "7-2");
  });

  test("an operator's stop holds while the host stays, and a start lifts it", async () => {
    await goesLive("channel_7");
    expect(await evening.api("POST", "/v1/channels/channel_7/recording/stop")).toMatchObject({ status: 202 });
    expect(await evening.api("POST", "/v1/channels/channel_7/recording/stop")).toMatchObject({ status: 202 });
    await evening.until("channel_7", "stopped", ({ isRecording }) => !isRecording);
    expect(await evening.status("channel_7")).toMatchObject({ state: "stopped", hold: { reason: "operator_stop" } });
    expect(await evening.api("POST", "/v1/channels/channel_7/recording/start")).toMatchObject({ status: 202 });
    await evening.until("channel_7", "live again", ({ live }) => live);
  });
});

describe("a restart in mid-live", () => {
  test("stops nothing, and the next process goes on where the last one was", async () => {
    await evening.close();
    evening = await openEvening();
    const first = await evening.start();
    await goesLive("channel_7");
    const before = evening.calls();
    await first.stop();
    await evening.start();
    expect(await evening.status("channel_7")).toMatchObject({ live: true, sessionId: "7-1" });
    expect(evening.calls()).toEqual(before);
    leave("channel_7");
    await evening.until("channel_7", "stopped", ({ state }) => state === "stopped");
    await allEnded();
  });
});

describe("a provider that fails", () => {
  const plan = (operation: Operation, answer: Answer, times = 1): void => {
    evening.sandbox.control.planFaults({ operation, times, answer, delayMs: 0 });
  };
  const refusal = (status: number, body: object, headers: Record<string, string> = {}): Answer => {
    return { status, body, headers, after: false };
  };

  test.each<[Operation, string, Answer]>([
    ["acquire", "500", refusal(500, { code: 500, reason: "internal_error" })],
    ["acquire", "429", refusal(429, { message: "API rate limit exceeded" }, { "retry-after": "1" })],
    ["start", "206/65", refusal(206, { code: 65, reason: "request not completed" })],
    ["start", "500/62", refusal(500, { code: 62, reason: "request timeout" })],
    ["start", "201/7", { status: 201, body: { code: 7, reason: "already started" }, headers: {}, after: true }],
    ["liveInputs.get", "503", refusal(503, {})],
    ["liveInputs.create", "503", refusal(503, {})],
  ])("%s answered %s once: it goes on, and one recorder runs", async (operation, _name, answer) => {
    plan(operation, answer);
    await goesLive("channel_7");
    expect(running()).toHaveLength(1);
  });

  test("a start that was carried out but never answered is adopted", async () => {
    plan("start", "dropAfter");
    await goesLive("channel_7");
    expect(recorders()).toHaveLength(1);
    leave("channel_7");
    await evening.until("channel_7", "stopped", ({ state }) => state === "stopped");
    await allEnded();
  });

  test("a final refusal gives up at once and tells the seller why", async () => {
    plan("acquire", refusal(401, { message: "Unauthorized" }), 9);
    join("channel_7");
    const status = await evening.until("channel_7", "given up", ({ hold }) => hold !== null);
    expect(status).toMatchObject({ state: "error", reason: { code: "recorder_start_failed" } });
    expect(evening.calls().filter((operation) => operation === "acquire")).toHaveLength(1);
  });

  test("a recorder that crashes is replaced while the host is there", async () => {
    await goesLive("channel_7");
    evening.sandbox.control.crash(running()[0]?.sid ?? "", { cause: "recorder_error", silently: false });
    await evening.sandbox.control.until("another recorder", (record) => record.recorders.length === 2);
    await evening.until("channel_7", "live again", ({ live }) => live);
    expect(running()).toHaveLength(1);
  });

  test("a push that breaks off is re-pointed, without another recorder", async () => {
    await goesLive("channel_7");
    evening.sandbox.control.dropPush(running()[0]?.sid ?? "");
    await evening.sandbox.control.until("an update", ({ calls }) =>
      calls.some(({ operation }) => operation === "update"),
    );
    await evening.until("channel_7", "live again", ({ live }) => live);
    expect(recorders()).toHaveLength(1);
  });

  test("a lost `connected` is found out by asking both ends", async () => {
    evening.sandbox.control.planFaults({
      match: { kind: "cloudflare-live" },
      action: "lose",
      times: 1,
    });
    await goesLive("channel_7");
    await evening.sandbox.control.until("a query", ({ calls }) => calls.some(({ operation }) => operation === "query"));
    expect(evening.calls()).not.toContain("update");
  });
});
