import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import express from "express";
import { afterEach, expect, test, vi } from "vitest";

import { createReaders } from "../../src/api/index.ts";
import type { Reader, Showed } from "../../src/api/status/readers.ts";
import { rawSocket, wire } from "../support/raw-socket.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server that gives everybody a stream. */
async function serve(options: Parameters<typeof createReaders>[0] & Partial<Showed>) {
  const readers = createReaders({ checkMs: 1, ...options });
  const admitted: Reader[] = [];
  const app = express().get("/", (_request, response) => {
    response.set("connection", "close");
    admitted.push(readers.admit(response, { expiresAt: null, ...options }));
  });
  const sockets: Socket[] = [];
  const server = createServer(app).listen(0, "127.0.0.1");
  server.on("connection", (socket) => sockets.push(socket));
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const request = async () => {
    const raw = await rawSocket(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(() => raw.socket.destroy());
    raw.send(wire("GET /", { host: "tally" }));
    return raw;
  };
  const connect = async () => {
    const raw = await request();
    await raw.has("retry: ");
    const reader = admitted.at(-1);
    if (reader === undefined) throw new Error("nobody was admitted");
    return { raw, reader };
  };
  return { readers, sockets, request, connect };
}

/** That it has ended, by the last chunk of its answer. */
const inOrder = /\r\n0\r\n\r\n$/;

test("a stream ends when what its reader showed expires, and not before", async () => {
  let now = 1_000;
  const { connect } = await serve({ expiresAt: 2_000, heartbeatMs: 1, now: () => now });
  const { raw, reader } = await connect();
  now = 1_999;
  const sofar = raw.received().length;
  while (!raw.received().slice(sofar).includes(":\n\n")) await once(raw.socket, "data");
  expect(reader.signal.aborted).toBe(false);
  now = 2_000;
  expect(await raw.closed).toMatch(inOrder);
  expect(reader.signal.aborted).toBe(true);
});

test("a stream ends after its lifetime, whatever its reader showed", async () => {
  let now = 1_000;
  const { connect } = await serve({ expiresAt: 2_000_000, lifetimeMs: 500, now: () => now });
  const { raw } = await connect();
  now = 1_500;
  expect(await raw.closed).toMatch(inOrder);
});

test("a stream ends when the key that opened it is revoked, and stays while nobody can say so", async () => {
  const asked: (readonly number[])[] = [];
  const answers = [Promise.reject(new Error("the database is away")), Promise.resolve([7]), Promise.resolve([8])];
  answers[0]?.catch(() => undefined);
  const findRevoked = (keyIds: readonly number[]) => {
    asked.push(keyIds);
    return answers.shift() ?? Promise.resolve([]);
  };
  const { connect } = await serve({ keyId: 8, revokedMs: 2, findRevoked });
  const [one, other] = [await connect(), await connect()];
  expect(await one.raw.closed).toMatch(inOrder);
  expect(await other.raw.closed).toMatch(inOrder);
  expect(asked.at(-1)).toEqual([8]);
  expect(answers).toEqual([]);
});

test("nobody asks about keys while no stream was opened with one", async () => {
  let isAsked = false;
  const findRevoked = () => {
    isAsked = true;
    return Promise.resolve([]);
  };
  const { connect } = await serve({ revokedMs: 1, heartbeatMs: 1, findRevoked });
  const { raw } = await connect();
  // A heartbeat comes with a later check.
  while (!raw.received().includes(":\n\n")) await once(raw.socket, "data");
  expect(isAsked).toBe(false);
});

test("what the connection doesn't take resolves with the end, which cuts it off and leaves nothing to the kernel", async () => {
  const { connect, sockets } = await serve({ stalledMs: 50 });
  const { raw, reader } = await connect();
  const [socket] = sockets;
  if (socket === undefined) throw new Error("nobody is connected");
  const reset = vi.spyOn(socket, "resetAndDestroy");
  raw.socket.pause();
  await reader.send(Buffer.alloc(32 * 1024 * 1024));
  expect(reader.signal.aborted).toBe(true);
  raw.socket.resume();
  expect(await raw.closed).not.toMatch(inOrder);
  expect(reset).toHaveBeenCalledOnce();
});

test("after the end nothing is sent", async () => {
  const { connect } = await serve({});
  const { raw, reader } = await connect();
  reader.end("channel_gone");
  await reader.send(Buffer.from("data: late\n\n"));
  expect(await raw.closed).not.toContain("late");
});

test("streams are counted, as they come and go", async () => {
  const counts: number[] = [];
  const { readers, connect } = await serve({ onCount: (count) => counts.push(count) });
  const first = await connect();
  await connect();
  first.raw.socket.destroy();
  await once(first.reader.signal, "abort");
  expect(counts).toEqual([1, 2, 1]);
  readers.close();
  expect(counts).toEqual([1, 2, 1, 0]);
});

test("who comes after the close is cut off: a client of streams takes that for a fault of the network, and comes again", async () => {
  const { readers, request } = await serve({});
  readers.close();
  expect(await (await request()).closed).toBe("");
});
