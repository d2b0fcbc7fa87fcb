import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import fetch from "node-fetch";

const dist = fileURLToPath(new URL("../../dist/src/", import.meta.url));

/** A process of the build (`npm test` makes it first). */
export interface Process {
  child: ChildProcess;
  /** All that it has written so far, to both outputs. */
  output: () => string;
  errorOutput: () => string;
  /** Resolves with the exit code when it has ended and its output is complete; null if a signal ended it. */
  gone: Promise<number | null>;
  /** Resolves when it has written this. */
  written: (text: string) => Promise<void>;
}

/**
 * Starts a program of the build.
 *
 * @param entry - below `dist/src`
 * @param env - its whole environment, beside PATH
 */
export function spawnProcess(
  entry: string,
  env: NodeJS.ProcessEnv,
  options: { args?: string[]; uid?: number; gid?: number } = {},
): Process {
  const { args = [], ...as } = options;
  const child = spawn(process.execPath, [dist + entry, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    cwd: "/",
    ...as,
  });
  let output = "";
  let errorOutput = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    errorOutput += chunk.toString();
  });
  const gone = once(child, "close").then(([code]: unknown[]) => code as number | null);
  return {
    child,
    output: () => output,
    errorOutput: () => errorOutput,
    gone,
    async written(text) {
      await until(`"${text}" is written`, () => {
        if (output.includes(text)) return true;
        if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}:\n${output.slice(-3_000)}`);
        return false;
      });
    },
  };
}

export interface ServiceProcess extends Process {
  url: string;
}

/** Starts the service and waits until it is ready. */
export async function spawnService(env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = spawnProcess("main.js", { ...env, PORT: String(port) });
  await until("the service is ready", async () => {
    if (service.child.exitCode !== null) {
      throw new Error(`the service ended with code ${service.child.exitCode} at its start:\n${service.output()}`);
    }
    return (await fetch(`${url}/readyz`).catch(() => null))?.status === 200;
  });
  return { ...service, url };
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>, timeoutMs = 45_000): Promise<void> {
  // A killed process's jobs are free after 15 s of silence.
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited too long until ${what}`);
    await wait(20);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
