import type { AppRouter } from "@tally/client/trpc";
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { EventSource } from "eventsource";
import request from "supertest";
import { beforeAll, describe, expect, expectTypeOf, it, onTestFinished } from "vitest";

import { channelAnswer, statusTokenAnswer } from "../../src/api/schemas.ts";
import type { appRouter } from "../../src/api/trpc/router.ts";
import { listEvents } from "../../src/eventlog/index.ts";
import { apiKey, type Service, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(() => {
  service = started();
});

const keyHeaders = { authorization: `Bearer ${apiKey}` };

function clientWith(headers: Record<string, string>) {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${service.url}/trpc`, headers })] });
}

/** The problem that a call is refused with. */
async function problemOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCClientError)) throw new Error("the call was not refused");
  return error.data as { code: string; httpStatus: number; problem: { code: string; errors?: unknown[] } };
}

describe("/trpc", () => {
  it("has the types that @tally/client/trpc says", () => {
    type Server = typeof appRouter;
    expectTypeOf<inferRouterInputs<AppRouter>>().toEqualTypeOf<inferRouterInputs<Server>>();
    expectTypeOf<inferRouterOutputs<AppRouter>>().toEqualTypeOf<inferRouterOutputs<Server>>();
    expect(clientWith({}).recording).toBeDefined();
  });

  it("starts and stops by hand, and tells the status by name and by id as REST does", async () => {
    const { recording } = clientWith(keyHeaders);
    const registered = await service.call("put", "/v1/channels/evening").expect(201);
    const { id: channelId } = channelAnswer.parse(registered.body);
    expect(await recording.start.mutate({ channel: "evening" })).toMatchObject({ state: "starting", channelId });
    const rest = await service.call("get", "/v1/channels/evening/status").expect(200);
    expect(await recording.status.query({ channel: "evening" })).toEqual(rest.body);
    expect(await recording.status.query({ channelId })).toEqual(rest.body);
    const { items } = await recording.listActive.query();
    expect(items.map(({ name }) => name)).toContain("evening");
    expect(await recording.stop.mutate({ channelId })).toMatchObject({ channelId });
    expect(await listEvents(service.database, { channel: "evening", type: "StopRequested" })).toHaveLength(1);
  });

  it("refuses with REST's codes, and without a stack", async () => {
    const { recording } = clientWith(keyHeaders);
    const unknown = await problemOf(recording.status.query({ channelId: 999 }));
    expect(unknown).toMatchObject({ code: "NOT_FOUND", httpStatus: 404, problem: { code: "channel_unknown" } });
    expect(unknown).not.toHaveProperty("stack");
    for (const input of [{}, { channel: "a", channelId: 1 }, { channel: "a/b" }, { channelId: 0 }, { chanel: "a" }]) {
      const refused = await problemOf(recording.status.query(input as { channel: string }));
      expect(refused).toMatchObject({ code: "BAD_REQUEST", problem: { code: "invalid_request" } });
      expect(refused.problem.errors).not.toEqual([]);
    }
  });

  it("lets nobody in without a key", async () => {
    const refused = await problemOf(clientWith({}).recording.start.mutate({ channel: "evening" }));
    expect(refused).toMatchObject({ code: "UNAUTHORIZED", httpStatus: 401, problem: { code: "unauthenticated" } });
  });

  it("lets a status token read its channel's status, and do nothing else", async () => {
    await service.call("put", "/v1/channels/tokened").expect(201);
    const given = await service.call("post", "/v1/channels/tokened/status-token").expect(200);
    const { token } = statusTokenAnswer.parse(given.body);
    const { recording } = clientWith({ authorization: `Bearer ${token}` });
    expect(await recording.status.query({ channel: "tokened" })).toMatchObject({ channel: "tokened" });
    expect(await problemOf(recording.start.mutate({ channel: "tokened" }))).toMatchObject({
      problem: { code: "forbidden" },
    });
    expect(await problemOf(recording.listActive.query())).toMatchObject({ problem: { code: "forbidden" } });
    expect(await problemOf(recording.status.query({ channel: "evening" }))).toMatchObject({
      problem: { code: "channel_unknown" },
    });
    const input = encodeURIComponent(JSON.stringify({ channel: "tokened" }));
    await service.anonymous.get(`/trpc/recording.status?token=${token}&input=${input}`).expect(200);
  });

  it("takes 20 calls in a batch and no more", async () => {
    const links = [httpBatchLink({ url: `${service.url}/trpc`, headers: keyHeaders })];
    const { recording } = createTRPCClient<AppRouter>({ links });
    const ask = (count: number) =>
      Promise.allSettled(Array.from({ length: count }, () => recording.status.query({ channel: "evening" })));
    expect((await ask(20)).every(({ status }) => status === "fulfilled")).toBe(true);
    expect((await ask(21)).every(({ status }) => status === "rejected")).toBe(true);
  });

  it("takes a body of 100 kB and no more", async () => {
    const response = await request(service.url)
      .post("/trpc/recording.start")
      .set(keyHeaders)
      .send({ channel: "a".repeat(100 * 1024) });
    expect(response.status).toBe(413);
    expect(response.body).toMatchObject({ error: { data: { problem: { code: "too_large" } } } });
  });
});

describe("recording.onStatus", () => {
  /** Subscribes as a browser does, whose EventSource sends no headers. */
  function subscribe(input: { channel: string; lastEventId?: string }, token: string) {
    const url = `${service.url}/trpc`;
    const link = httpSubscriptionLink({ url, EventSource, connectionParams: { token } });
    const seen: { id: string; version: number }[] = [];
    let changed = (): void => undefined;
    let refuse: (error: unknown) => void = () => undefined;
    const refused = new Promise<unknown>((resolve) => (refuse = resolve));
    const subscription = createTRPCClient<AppRouter>({ links: [link] }).recording.onStatus.subscribe(input, {
      onData: ({ id, data }) => {
        seen.push({ id, version: data.version });
        changed();
      },
      onError: (error) => refuse(error),
    });
    onTestFinished(() => subscription.unsubscribe());
    const until = async (count: number) => {
      while (seen.length < count) await new Promise<void>((resolve) => (changed = resolve));
      return seen;
    };
    return { until, refused };
  }

  async function channelWithToken(channel: string) {
    const registered = await service.call("put", `/v1/channels/${channel}`).send({ hostUid: 5 }).expect(201);
    const answer = await service.call("post", `/v1/channels/${channel}/status-token`).expect(200);
    return {
      version: channelAnswer.parse(registered.body).status.version,
      token: statusTokenAnswer.parse(answer.body).token,
    };
  }

  it("tells the status and every newer one, with its version as id", async () => {
    const { token, version } = await channelWithToken("followed");
    const { until } = subscribe({ channel: "followed" }, token);
    expect(await until(1)).toEqual([{ id: String(version), version }]);
    await service.call("put", "/v1/channels/followed").send({ hostUid: 6 }).expect(200);
    expect((await until(2))[1]).toEqual({ id: String(version + 1), version: version + 1 });
  });

  it("goes on after the version that the client has", async () => {
    const { token, version } = await channelWithToken("resumed");
    const { until } = subscribe({ channel: "resumed", lastEventId: String(version) }, token);
    const ahead = subscribe({ channel: "resumed" }, token);
    await ahead.until(1);
    await service.call("put", "/v1/channels/resumed").send({ hostUid: 6 }).expect(200);
    const [first] = await until(1);
    expect(first).toEqual({ id: String(version + 1), version: version + 1 });
  });

  it("shows a token's holder no other channel", async () => {
    const { token } = await channelWithToken("mine");
    await channelWithToken("hers");
    const error = await subscribe({ channel: "hers" }, token).refused;
    expect(error).toBeInstanceOf(TRPCClientError);
    expect((error as TRPCClientError<AppRouter>).data?.problem.code).toBe("channel_unknown");
  });
});
