import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { quit } from "./child.ts";

/** `pause`: no more is read. */
export type CrowdOrder = "connect" | "pause" | "resume";

/** Sent once every reader has one event more, or none has a connection any more. */
export interface CrowdReport {
  /** Of each event: the channel, as its place in the list, and when it came, by `clockMs`. */
  arrivals: [channel: number, at: number][];
  /** Readers whose streams have ended. */
  closed: number;
}

/** Readers of streams, in two processes of their own. */
export interface Crowd {
  order: (order: CrowdOrder) => void;
  /** The next report; to be asked for before what leads to it. */
  next: () => Promise<CrowdReport>;
  stop: () => Promise<void>;
}

const processes = 2;

/** @param of.readers - spread over the channels, connected when they are told to */
export async function startCrowd(of: { url: string; channels: readonly string[]; readers: number }): Promise<Crowd> {
  const file = fileURLToPath(import.meta.resolve("./crowd-process.js"));
  const args = [of.url, of.channels.join(","), String(of.readers / processes)];
  const children = Array.from({ length: processes }, () => fork(file, args));
  const failed = Promise.race(children.map((child) => once(child, "exit"))).then(() => {
    throw new Error("a process of readers ended before it was told to");
  });
  failed.catch(() => undefined); // when it was told to
  const messages = () => Promise.race([failed, Promise.all(children.map((child) => once(child, "message")))]);
  await messages();
  return {
    order: (order) => children.forEach((child) => child.send(order)),
    async next() {
      const told = ((await messages()) as [CrowdReport][]).map(([report]) => report);
      return {
        arrivals: told.flatMap(({ arrivals }) => arrivals),
        closed: told.reduce((sum, { closed }) => sum + closed, 0),
      };
    },
    async stop() {
      await Promise.all(children.map(quit));
    },
  };
}
