import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import fetch from "node-fetch";

import { type Child, startChild } from "./child.ts";

/** One of the service's processes, which is started again after each kill. */
export interface Service {
  readonly port: number;
  /** What it logged last. */
  words(): string;
  /** SIGKILL. @returns when it is gone */
  kill(): Promise<void>;
  /** Starts it again. @returns when it is ready */
  start(): Promise<void>;
  /** SIGTERM. @returns what was not as it should be: that it had ended before, or didn't end */
  stop(): Promise<string[]>;
}

const readyMs = 30_000;

export async function startService(env: Record<string, string>): Promise<Service> {
  const port = await freePort();
  const launch = () => startChild("main.js", [], { ...env, PORT: String(port) });
  let child = launch();
  try {
    await isReady(child, port);
  } catch (error) {
    await child.kill();
    throw error;
  }
  return {
    port,
    words: () => child.words(),
    kill: () => child.kill(),
    async start() {
      child = launch();
      await isReady(child, port);
    },
    async stop() {
      if (child.isOver()) return [`a service ended by itself: ${child.words()}`];
      return (await child.end()) ? [] : [`a service did not end at SIGTERM: ${child.words()}`];
    },
  };
}

async function isReady(child: Child, port: number): Promise<void> {
  const deadline = Date.now() + readyMs;
  while ((await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.status !== 200) {
    if (child.isOver()) throw new Error(`a service ended at its start: ${child.words()}`);
    if (Date.now() > deadline) throw new Error(`a service was not ready after ${readyMs} ms: ${child.words()}`);
    await wait(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
