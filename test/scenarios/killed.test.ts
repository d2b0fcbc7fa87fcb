import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import fetch from "node-fetch";
import { describe, expect, test } from "vitest";

import type { Status } from "../../src/live/index.ts";
import { apiKey, type Evening, openEvening } from "./evening.ts";

/** The built service: `npm test` builds it first. */
const entry = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));
const channel = "channel_7";

type Operation = "liveInputs.list" | "liveInputs.create" | "liveInputs.get" | "acquire" | "start";

describe("a process killed in a start", () => {
  test.concurrent.each<[Operation, "before" | "after"]>([
    ["liveInputs.list", "after"],
    ["liveInputs.create", "after"],
    ["liveInputs.get", "after"],
    ["acquire", "after"],
    ["start", "before"],
    ["start", "after"],
  ])(
    "at the %s call, %s it is done: another takes over, and there is one of everything",
    async (operation, when) => {
      const evening = await openEvening();
      try {
        // The call is held up, so that the process is certainly in the middle of it when it dies.
        const answer = when === "before" ? ("hang" as const) : { status: 200, body: {}, after: true };
        evening.sandbox.control.planFaults({ operation, answer, delayMs: 3_000 });
        const first = await startProcess(evening);
        evening.sandbox.control.join(channel, 1001, "host");
        await evening.sandbox.control.until(`the ${operation} call`, ({ calls }) =>
          calls.some((call) => call.operation === operation),
        );
        first.child.kill("SIGKILL");
        await first.gone;

        const second = await startProcess(evening);
        try {
          await untilLive(second.url);
          const { recorders, calls } = evening.sandbox.control.record();
          expect(recorders.filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
          expect(recorders).toHaveLength(1);
          const created = calls.filter((call) => call.operation === "liveInputs.create" && call.ms !== null);
          expect(created.length).toBeLessThanOrEqual(operation === "liveInputs.create" ? 2 : 1);
          const { liveInputs } = evening.sandbox.control.state() as { liveInputs: unknown[] };
          expect(liveInputs).toHaveLength(1);
        } finally {
          second.child.kill("SIGTERM");
          await second.gone;
        }
      } finally {
        await evening.close();
      }
    },
    90_000,
  );
});

interface Process {
  url: string;
  child: ChildProcess;
  gone: Promise<unknown>;
}

async function startProcess(evening: Evening): Promise<Process> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...evening.environment, PATH: process.env.PATH, PORT: String(port) };
  const child = spawn(process.execPath, [entry], { env, stdio: ["ignore", "ignore", "inherit"] });
  const gone = once(child, "exit");
  await until("the service is ready", async () => {
    if (child.exitCode !== null) throw new Error(`the service ended with code ${child.exitCode} at its start`);
    return (await fetch(`${url}/readyz`).catch(() => null))?.status === 200;
  });
  evening.sandbox.control.changeSettings({ serviceUrl: url });
  return { url, child, gone };
}

async function untilLive(url: string): Promise<void> {
  await until("the channel is live", async () => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await fetch(`${url}/v1/channels/${channel}/status`, { headers });
    return answer.ok && ((await answer.json()) as Status).live;
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  // A killed process's jobs are free after 15 s of silence.
  const deadline = Date.now() + 45_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited too long until ${what}`);
    await wait(50);
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
