import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A server in a process of its own, so that the load's cost is not its own. */
export interface BenchServer {
  url: string;
  pid: number;
  /** Resolves when the process has ended. */
  stop: () => Promise<void>;
}

/**
 * @param entry - file beside this one, without its ending
 * @param args - passed on
 * @throws if it ends before it said that it is ready
 */
export async function startServer(entry: string, args: string[]): Promise<BenchServer> {
  const file = fileURLToPath(import.meta.resolve(`./${entry}.js`));
  const child = fork(file, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const url = await readyUrl(child);
  return { url, pid: child.pid ?? 0, stop: () => quit(child) };
}

/** Ends a process; resolves when it has ended. */
export async function quit(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

/** The other side: tells the parent where it listens. */
export function reportReady(url: string): void {
  process.send?.({ url });
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("message", (message: { url: string }) => resolve(message.url));
    child.once("exit", (code) => reject(new Error(`the server ended with code ${code} before it was ready`)));
  });
}
