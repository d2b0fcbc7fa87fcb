import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { createHttpServer, type HttpLimits } from "../src/http-server.ts";
import { rawSocket, statusesIn, wire } from "./support/raw-socket.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }
});

const hello: RequestListener = (request, response) => {
  request.resume().once("end", () => response.end("hello"));
};
const refuse: RequestListener = (_request, response) => response.writeHead(401).end("refused");

async function serve(limits: Partial<HttpLimits>, listener: RequestListener = hello) {
  const server = createHttpServer(listener, { checkMs: 10, ...limits });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, socket: () => rawSocket(url) };
}

/** Sends a byte every now and then, until the connection is closed. */
async function trickle(send: (bytes: string) => void, bytes: () => string, closed: Promise<string>): Promise<string> {
  const timer = setInterval(() => send(bytes()), 5);
  try {
    return await closed;
  } finally {
    clearInterval(timer);
  }
}

const get = wire("GET /", { host: "tally" });

describe("a connection is closed", () => {
  it("when it says nothing at all", async () => {
    const { socket } = await serve({ headersMs: 50 });
    const { closed } = await socket();
    expect(statusesIn(await closed)).toEqual([408]);
  });

  it("when its headers come a few bytes at a time", async () => {
    const { socket } = await serve({ headersMs: 100 });
    const { send, closed } = await socket();
    send("GET / HTTP/1.1\r\nhost: tally\r\n");
    let n = 0;
    expect(statusesIn(await trickle(send, () => `x-${n++}: 1\r\n`, closed))).toEqual([408]);
  });

  it("when its body comes a few bytes at a time", async () => {
    const { socket } = await serve({ headersMs: 50, requestMs: 100 });
    const { send, closed } = await socket();
    send(wire("POST /", { host: "tally", "content-length": 1_000_000 }));
    expect(statusesIn(await trickle(send, () => "x", closed))).toEqual([408]);
  });

  it("when the chunks of its body never end", async () => {
    const { socket } = await serve({ headersMs: 50, requestMs: 100 });
    const { send, closed } = await socket();
    send(wire("POST /", { host: "tally", "transfer-encoding": "chunked" }));
    expect(statusesIn(await trickle(send, () => "1\r\nx\r\n", closed))).toEqual([408]);
  });

  it("when it goes on sending what was refused already", async () => {
    const { socket } = await serve({ lingerMs: 500 }, refuse);
    const { send, has, closed } = await socket();
    send(wire("POST /", { host: "tally", "content-length": 1_000_000 }));
    await has("refused");
    expect(statusesIn(await trickle(send, () => "x", closed))).toEqual([401]);
  });

  it("when it asks and doesn't read the answers", async () => {
    const { server, socket } = await serve({ silenceMs: 200 }, (_request, response) =>
      response.end("x".repeat(1_000_000)),
    );
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const { socket: client } = await socket();
    client.pause();
    const [connection] = await accepted;
    for (let i = 0; i < 100; i++) client.write(get);
    await once(connection, "close");
  });

  it("when it is idle", async () => {
    const { socket } = await serve({ keepAliveMs: 30 });
    const { send, closed } = await socket();
    send(get);
    expect(statusesIn(await closed)).toEqual([200]);
  });
});

it("a connection is kept when a refused body came to its end in time", async () => {
  const { socket } = await serve({ lingerMs: 1_000 }, refuse);
  const { send, has, received } = await socket();
  for (let i = 1; i <= 3; i++) {
    send(wire("POST /", { host: "tally", "content-length": 3 }));
    await has("refused", i);
    send("xyz");
  }
  // When this one is closed, the time that any of those had has passed too.
  const late = await socket();
  late.send(wire("POST /", { host: "tally", "content-length": 1_000 }));
  await late.closed;
  send(get);
  expect(statusesIn(await has("refused", 4))).toEqual([401, 401, 401, 401]);
  expect(received()).not.toContain("Connection: close");
});

describe("too much is refused", () => {
  it("of headers: 431, and none of them is looked at", async () => {
    const seen: number[] = [];
    const { socket } = await serve({ headers: 10 }, (request, response) => {
      seen.push(request.rawHeaders.length / 2);
      response.end();
    });
    const many = (count: number): [string, string][] => [
      ["host", "tally"],
      ...Array.from({ length: count - 1 }, (_, i): [string, string] => [`x-${i}`, "1"]),
    ];
    const allowed = await socket();
    allowed.send(wire("GET /", many(10)));
    expect(statusesIn(await allowed.has("\r\n\r\n"))).toEqual([200]);
    for (const count of [11, 12, 200]) {
      const { send, closed } = await socket();
      send(wire("GET /", many(count)));
      const answer = await closed;
      expect(statusesIn(answer)).toEqual([431]);
      expect(answer).toContain("too_many_headers");
    }
    expect(seen).toEqual([10]);
  });

  it("of bytes in headers or address: 431", async () => {
    const { socket } = await serve({ headerBytes: 1_000 });
    for (const request of [
      wire("GET /", { host: "tally", x: "y".repeat(1_000) }),
      wire(`GET /${"y".repeat(1_000)}`, { host: "tally" }),
    ]) {
      const { send, closed } = await socket();
      send(request);
      expect(statusesIn(await closed)).toEqual([431]);
    }
  });

  it("of connections: the newest isn't taken, and those that are idle make room for the next", async () => {
    const { socket } = await serve({ connections: 2 });
    const idle = [await socket(), await socket()];
    for (const { send, has } of idle) {
      send(get);
      await has("hello");
    }
    expect(await (await socket()).closed).toBe("");
    for (const { closed } of idle) await closed;
    const next = await socket();
    next.send(get);
    await next.has("hello");
  });
});
