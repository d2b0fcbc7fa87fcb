import {
  type ConnectionState,
  createTallyClient,
  TallyProblem,
  UnexpectedAnswer,
  type WatchOptions,
} from "@tally/client";
import { afterEach, describe, expect, it } from "vitest";

import { brokenOff, problem, startStatusServer, statuses, type StatusServer } from "./status-server.ts";

let server: StatusServer;
afterEach(() => server.close());

const soon = { firstMs: 1, mostMs: 4 };

/** Watches until so many statuses came, or to the end. */
async function watch(
  { most = Infinity, getToken }: { most?: number; getToken?: () => string },
  options: WatchOptions = {},
) {
  const client = createTallyClient({
    baseUrl: server.url,
    ...(getToken === undefined ? { key: "key" } : { getToken }),
  });
  const versions: number[] = [];
  const states: ConnectionState[] = [];
  const errors: unknown[] = [];
  const onState = (state: ConnectionState, error?: unknown) => {
    states.push(state);
    if (error !== undefined) errors.push(error);
  };
  for await (const { version } of client.watchStatus("evening sale", { reconnect: soon, onState, ...options })) {
    versions.push(version);
    if (versions.length === most) break;
  }
  return { versions, states, errors };
}

const sent = (name: string) => server.requests.map(({ headers }) => headers[name]);

describe("watchStatus", () => {
  it("gives every status that comes, and says how the connection is", async () => {
    server = await startStatusServer(statuses([1, 2, 3]));
    expect(await watch({ most: 3 })).toEqual({
      versions: [1, 2, 3],
      states: ["connecting", "open", "closed"],
      errors: [],
    });
    expect(server.requests[0]).toMatchObject({
      url: "/v1/channels/evening%20sale/status/stream",
      headers: { authorization: "Bearer key", accept: "text/event-stream" },
    });
  });

  it("connects again after the stream ended, and tells what it had", async () => {
    server = await startStatusServer(statuses([7, 8], { ends: true }), statuses([], { ends: true }), statuses([9]));
    const { versions, states } = await watch({ most: 3 });
    expect(versions).toEqual([7, 8, 9]);
    expect(sent("last-event-id")).toEqual([undefined, "8", "8"]);
    expect(states).toEqual(["connecting", "open", "connecting", "open", "connecting", "open", "closed"]);
  });

  it("connects again when there is no answer, or one that says later, and tells why", async () => {
    const later = problem(503, "unavailable", { "retry-after": "0" });
    server = await startStatusServer(brokenOff, later, problem(429, "too_many_failures"), statuses([1]));
    const { versions, errors } = await watch({ most: 1 });
    expect(versions).toEqual([1]);
    expect(errors).toEqual([
      expect.any(TypeError),
      expect.objectContaining({ code: "unavailable", status: 503, retryAfterMs: 0, requestId: "request-1" }),
      expect.objectContaining({ code: "too_many_failures" }),
    ]);
  });

  it("takes a connection that is silent for too long for a dead one", async () => {
    server = await startStatusServer(statuses([1]), statuses([2]));
    const { versions, errors } = await watch({ most: 2 }, { reconnect: { ...soon, silenceMs: 50 } });
    expect(versions).toEqual([1, 2]);
    expect(errors).toEqual([new Error("Nothing came for 50 ms")]);
  });

  it("waits as long as the stream asks for", async () => {
    const hurried: Parameters<typeof startStatusServer>[0] = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end("retry: 1\n\n");
    };
    server = await startStatusServer(hurried, statuses([1]));
    const hours = 3_600_000;
    expect(await watch({ most: 1 }, { reconnect: { firstMs: hours, mostMs: hours } })).toMatchObject({ versions: [1] });
  });

  it("asks for another token when the last one is over", async () => {
    const expired = problem(401, "token_expired");
    server = await startStatusServer(
      statuses([1], { ends: true }),
      expired,
      statuses([2], { ends: true }),
      statuses([3]),
    );
    const tokens = ["first", "second"];
    const { versions, errors } = await watch({ most: 3, getToken: () => tokens.shift() ?? "none" });
    expect({ versions, errors }).toEqual({ versions: [1, 2, 3], errors: [] });
    expect(sent("authorization")).toEqual(["first", "first", "second", "second"].map((token) => `Bearer ${token}`));
  });

  it("asks again for a token that the app couldn't get", async () => {
    server = await startStatusServer(statuses([1]));
    let asked = 0;
    const getToken = () => {
      if (++asked === 1) throw new Error("the app's server is down");
      return "token";
    };
    const { versions, errors } = await watch({ most: 1, getToken });
    expect({ versions, errors }).toEqual({ versions: [1], errors: [new Error("the app's server is down")] });
  });

  it.each([
    [401, "unauthenticated", 1],
    [403, "forbidden", 1],
    [404, "channel_unknown", 1],
    [400, "invalid_request", 1],
  ])("ends with an error after %i %s", async (status, code, requests) => {
    server = await startStatusServer(problem(status, code));
    const states: ConnectionState[] = [];
    const watching = watch({}, { onState: (state) => states.push(state) });
    await expect(watching).rejects.toBeInstanceOf(TallyProblem);
    await expect(watching).rejects.toMatchObject({ status, code, message: `It is ${code}.` });
    expect(server.requests).toHaveLength(requests);
    expect(states).toEqual(["connecting", "closed"]);
  });

  it("ends when the new token is refused as well", async () => {
    server = await startStatusServer(problem(401, "token_expired"));
    await expect(watch({ getToken: () => "old" })).rejects.toMatchObject({ code: "token_expired" });
    expect(server.requests).toHaveLength(2);
  });

  it("ends when what answers isn't Tally", async () => {
    server = await startStatusServer((response) => response.setHeader("content-type", "text/html").end("<p>Hello</p>"));
    await expect(watch({})).rejects.toBeInstanceOf(UnexpectedAnswer);
  });

  it.each(["before it connects", "while it connects", "while it is open", "while it waits"])(
    "ends when it is aborted %s",
    async (when) => {
      server = await startStatusServer(when === "while it waits" ? brokenOff : statuses([]));
      const abort = new AbortController();
      if (when === "before it connects") abort.abort();
      let connecting = 0;
      const onState = (state: ConnectionState) => {
        if (when === "while it connects") abort.abort();
        if (when === "while it is open" && state === "open") abort.abort();
        if (when === "while it waits" && state === "connecting" && ++connecting === 2) abort.abort();
      };
      expect(await watch({}, { signal: abort.signal, onState })).toMatchObject({ versions: [] });
    },
  );
});

describe("a client's options", () => {
  it("are a key, a way to get tokens, or a signed-in browser, and not two of them", async () => {
    server = await startStatusServer(brokenOff);
    const [baseUrl, key, getToken] = [server.url, "key", () => "token"];
    const signedIn = { baseUrl, isSignedIn: true } as const;
    for (const options of [{ baseUrl }, { baseUrl, key, getToken }, { ...signedIn, key }, { ...signedIn, getToken }]) {
      expect(() => createTallyClient(options)).toThrow("Give either `key` or `getToken`");
    }
  });
});
