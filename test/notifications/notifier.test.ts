import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";

import { changeEndpoint, createVault, findEndpoint, rotateSecret } from "../../src/notifications/index.ts";
import { answer, hang } from "./receiver.ts";
import { useWorld, vault } from "./world.ts";

const world = useWorld();

interface Delivery {
  notification: string;
  status: string;
  attempts: number;
  log: { status: number | null; error: string | null }[];
}

const deliveries = () =>
  world().rows<Delivery>(
    `select notification_id as notification, status, attempts, attempt_log as log
     from {schema}.notification_deliveries order by id`,
  );
const bodies = () => world().receiver.received.map(({ body }) => body);

describe("a notification", () => {
  it("comes signed as Standard Webhooks has it, and its verifier takes it", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    const { secret } = await endpoint();
    const [id] = await tell("show-1", '{"type":"live.started","data":{"seller":"Zoë"}}');
    await notifier().idle();

    const [{ headers, body } = { headers: {}, body: "" }] = receiver.received;
    expect(new Webhook(secret).verify(body, headers)).toEqual({ type: "live.started", data: { seller: "Zoë" } });
    expect(headers).toMatchObject({ "webhook-id": id, "content-type": "application/json" });
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature");
    expect(await deliveries()).toMatchObject([
      { status: "delivered", attempts: 1, log: [{ status: 204, error: null }] },
    ]);
  });

  it("is signed with both secrets after a rotation, for a day", async () => {
    const { endpoint, tell, notifier, receiver, rows, database } = world();
    const { id, secret } = await endpoint();
    const rotated = await rotateSecret(database, vault, id);
    await tell("show-1", "{}");
    const running = notifier();
    await running.idle();
    const [first] = receiver.received;
    for (const each of [secret, rotated?.secret ?? ""]) {
      expect(new Webhook(each).verify("{}", first?.headers ?? {})).toEqual({});
    }

    await rows("update {schema}.notification_endpoints set previous_until = previous_until - interval '24 hours'");
    await tell("show-1", "{}");
    running.nudge();
    await running.idle();
    const second = receiver.received[1]?.headers ?? {};
    expect(new Webhook(rotated?.secret ?? "").verify("{}", second)).toEqual({});
    expect(() => new Webhook(secret).verify("{}", second)).toThrow("No matching signature");
  });

  it("is one line in the log per attempt, with neither the secret nor what the address asks with", async () => {
    const { endpoint, tell, notifier, receiver, log } = world();
    const { id, secret } = await endpoint(`${receiver.url}?sesame=0p3n`);
    receiver.answers.push(answer(500, {}, "password=hunter22"));
    await tell("show-1", "{}");
    await notifier().idle();

    const lines = log.lines.filter(({ msg }) => msg === "notification.attempted");
    expect(lines).toMatchObject([
      {
        level: "warn",
        endpointId: id,
        channelId: 1,
        attempt: 1,
        status: 500,
        outcome: "failed",
        url: `${receiver.url}?…`,
      },
      { level: "info", endpointId: id, attempt: 2, status: 204, outcome: "delivered" },
    ]);
    expect(receiver.received[0]?.path).toBe("/hook?sesame=0p3n");
    for (const hidden of ["0p3n", "hunter22", secret]) expect(JSON.stringify(log.lines)).not.toContain(hidden);
    expect(JSON.stringify(await deliveries())).not.toContain("hunter22");
  });
});

describe("an attempt that fails", () => {
  it.each([
    ["an answer that isn't 2xx", answer(500, {}, "out of order"), 500, "answered 500: out of order"],
    ["a redirect, which is not followed", answer(302, { location: "/elsewhere" }), 302, "a redirect"],
    ["no answer in time", hang, null, "no answer within 0.2 s"],
  ])("is repeated with the same id: %s", async (_name, respond, status, error) => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(respond);
    const [id] = await tell("show-1", "{}");
    await notifier({ timeoutMs: 200 }).idle();

    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ status: "delivered", attempts: 2, log: [{ status }, { status: 204 }] });
    expect(delivery?.log[0]?.error).toContain(error);
  });

  it("is told of how often and for how long, and of the receiver's wish, to say when the next is", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(answer(503, { "retry-after": "7" }), answer(503));
    await tell("show-1", "{}");
    const asked: unknown[] = [];
    const retryDelay = (failed: object) => {
      asked.push(failed);
      return 0;
    };
    await notifier({ retryDelay }).idle();
    const forMs: unknown = expect.any(Number);
    expect(asked).toEqual([
      { attempts: 1, forMs, retryAfterMs: 7_000 },
      { attempts: 2, forMs, retryAfterMs: null },
    ]);
  });

  it("isn't repeated before its time", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(answer(500));
    await tell("show-1", "{}");
    const running = notifier({ retryDelay: () => 60_000 });
    await running.idle();
    running.nudge();
    await running.idle();
    expect(receiver.received).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ status: "pending", attempts: 1 }]);
  });

  it("is the last one when it has been tried for long enough, and the next notification goes", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(answer(500));
    await tell("show-1", "first", "second");
    await notifier({ retryDelay: () => null }).idle();
    expect(bodies()).toEqual(["first", "second"]);
    expect(await deliveries()).toMatchObject([{ status: "given_up" }, { status: "delivered" }]);
  });

  it("keeps the newest twenty attempts of a delivery and no more", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(...Array.from({ length: 24 }, () => answer(500)));
    await tell("show-1", "{}");
    await notifier().idle();
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ status: "delivered", attempts: 25 });
    expect(delivery?.log).toHaveLength(20);
    expect(delivery?.log.at(-1)).toMatchObject({ status: 204 });
  });
});

describe("order", () => {
  it("is kept per channel and endpoint, whatever fails on the way, with two processes", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(...[500, 204, 503, 204, 500, 500, 204, 429].map((status) => answer(status)));
    await tell("show-1", "1", "2", "3", "4", "5");
    const [one, two] = [notifier(), notifier()];
    while ((await deliveries()).some(({ status }) => status === "pending")) {
      one.nudge();
      two.nudge();
      await Promise.all([one.idle(), two.idle()]);
    }
    const order = bodies().filter((body, i, all) => body !== all[i - 1]);
    expect(order).toEqual(["1", "2", "3", "4", "5"]);
    expect(bodies()).toHaveLength(10);
  });

  it("of one channel keeps no other waiting", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(answer(500));
    await tell("show-1", "one", "two");
    await tell("show-2", "other");
    await notifier({ retryDelay: () => 60_000 }).idle();
    expect(bodies()).toEqual(["one", "other"]);
  });

  it("waits while one of the channel is under way, in this process or another", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(hang);
    await tell("show-1", "one", "two");
    notifier();
    await receiver.seen(1);
    const other = notifier();
    await other.idle();
    expect(bodies()).toEqual(["one"]);
  });
});

describe("an endpoint that hangs", () => {
  it("has two attempts under way at most, and another one gets its notifications", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint(`${receiver.url}?slow`);
    await endpoint(`${receiver.url}?quick`);
    const respond = (response: Parameters<typeof hang>[0], { path }: { path: string }) => {
      if (path.endsWith("quick")) response.writeHead(204).end();
    };
    receiver.answers.push(...Array.from({ length: 40 }, () => respond));
    for (let channel = 1; channel <= 10; channel += 1) await tell(`show-${channel}`, "{}");
    notifier();
    await receiver.seen(12);
    const paths = receiver.received.map(({ path }) => path.split("?")[1]);
    expect(paths.filter((path) => path === "quick")).toHaveLength(10);
    expect(paths.filter((path) => path === "slow")).toHaveLength(2);
  });
});

describe("an endpoint is disabled", () => {
  it("at once when it answers 410, and what waits is kept until it is enabled again", async () => {
    const { endpoint, tell, notifier, receiver, database } = world();
    const { id } = await endpoint();
    receiver.answers.push(answer(410));
    await tell("show-1", "one", "two");
    const running = notifier();
    await running.idle();
    expect(bodies()).toEqual(["one"]);
    const disabled = await findEndpoint(database, vault, id);
    expect(disabled).toMatchObject({ enabled: false, disabledReason: "it answered 410 Gone: it wants nothing more" });
    expect(disabled?.disabledAt).toBeInstanceOf(Date);

    await tell("show-1", "not for it");
    await changeEndpoint(database, vault, id, { enabled: true });
    running.nudge();
    await running.idle();
    expect(bodies()).toEqual(["one", "one", "two"]);
    expect(await findEndpoint(database, vault, id)).toMatchObject({ enabled: true, disabledReason: null });
  });

  it("after it failed for long without a success, and not before", async () => {
    const { endpoint, tell, notifier, receiver, database, rows } = world();
    const { id } = await endpoint();
    receiver.answers.push(answer(500), answer(500));
    await tell("show-1", "{}");
    const running = notifier({ disableAfterMs: 72 * 3_600_000, retryDelay: () => 60_000 });
    await running.idle();
    expect(await findEndpoint(database, vault, id)).toMatchObject({
      enabled: true,
      failingSince: expect.any(Date) as Date,
    });

    await rows("update {schema}.notification_endpoints set failing_since = failing_since - interval '73 hours'");
    await rows("update {schema}.notification_deliveries set next_at = clock_timestamp()");
    running.nudge();
    await running.idle();
    const disabledReason = "nothing could be delivered for more than 72 h";
    expect(await findEndpoint(database, vault, id)).toMatchObject({ enabled: false, disabledReason });
    expect(await deliveries()).toMatchObject([{ status: "pending", attempts: 2 }]);
  });

  it("never for failures before a success", async () => {
    const { endpoint, tell, notifier, receiver, database } = world();
    const { id } = await endpoint();
    receiver.answers.push(answer(500));
    await tell("show-1", "{}");
    await notifier().idle();
    const { failingSince, lastDeliveredAt } = (await findEndpoint(database, vault, id)) ?? {};
    expect({ failingSince, lastDeliveredAt }).toEqual({
      failingSince: null,
      lastDeliveredAt: expect.any(Date) as Date,
    });
  });
});

describe("a secret that can't be read, since the certificate is another one", () => {
  it("sends nothing, says so, and goes on after a rotation", async () => {
    const { endpoint, tell, notifier, receiver, database, log, rows } = world();
    const { id } = await endpoint();
    await tell("show-1", "{}");
    const other = createVault("another certificate");
    const running = notifier({ vault: other });
    await running.idle();
    expect(receiver.received).toEqual([]);
    expect(await deliveries()).toMatchObject([{ status: "pending", attempts: 0 }]);
    await log.seen("notification.attempted", ({ outcome }) => outcome === "waits");
    expect((await findEndpoint(database, other, id))?.problem).toContain("until the secret is rotated");

    const rotated = await rotateSecret(database, other, id);
    await rows("update {schema}.notification_deliveries set next_at = clock_timestamp()");
    running.nudge();
    await running.idle();
    expect(new Webhook(rotated?.secret ?? "").verify("{}", receiver.received[0]?.headers ?? {})).toEqual({});
    expect((await findEndpoint(database, other, id))?.problem).toBeNull();
  });
});

describe("a process that ends", () => {
  it("in order breaks off what hangs, and another sends it at once, with the same id", async () => {
    const { endpoint, tell, notifier, receiver } = world();
    await endpoint();
    receiver.answers.push(hang);
    const [id] = await tell("show-1", "{}");
    const first = notifier();
    await receiver.seen(1);
    await first.stop();
    expect(await deliveries()).toMatchObject([{ status: "pending", attempts: 0 }]);
    await notifier().idle();
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
  });

  it("without a word leaves its claim, which is free for others when it runs out", async () => {
    const { endpoint, tell, notifier, receiver, rows } = world();
    await endpoint();
    await tell("show-1", "{}");
    await rows("update {schema}.notification_deliveries set claimed_until = clock_timestamp() + interval '30 s'");
    const running = notifier();
    await running.idle();
    expect(receiver.received).toEqual([]);
    await rows("update {schema}.notification_deliveries set claimed_until = clock_timestamp() - interval '1 ms'");
    running.nudge();
    await running.idle();
    expect(receiver.received).toHaveLength(1);
  });
});
