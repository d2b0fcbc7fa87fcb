import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

import type { Binaries } from "./binaries.ts";
import { type Cluster, serverEnvironment } from "./cluster.ts";
import type { SystemUser } from "./system-user.ts";

const run = promisify(execFile);

/** The server process of a cluster. */
export interface Postmaster {
  pid: number;
  port: number;
}

/**
 * The running server of a cluster, by its `postmaster.pid`, or null. A pid file that names a zombie or a program that
 * isn't this server is removed: Postgres itself only sees that such a process exists, and would refuse to start.
 */
export async function findPostmaster({ data }: Cluster): Promise<Postmaster | null> {
  const file = join(data, "postmaster.pid");
  const content = await readFile(file, "utf8").catch(() => "");
  const [pid, , , port] = content.split("\n").map(Number);
  // Empty or half written: a server that is just starting.
  if (!pid || !port) return null;
  if (await serves(pid, data)) return { pid, port };
  if (send(pid, 0)) await removeIfUnchanged(file, content);
  return null;
}

/**
 * Starts the server on a free port of 127.0.0.1, in its own process group: a Ctrl-C at the terminal reaches the
 * service only, whose closers still need the database.
 *
 * @returns `exited`, pending while the server runs, then what it wrote; it doesn't keep this process alive
 */
export async function launch(
  cluster: Cluster,
  options: { binaries: Binaries; user: SystemUser | null; durable: boolean },
): Promise<{ exited: Promise<string>; kill: () => void }> {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    port: await freePort(),
    max_connections: 100,
    log_checkpoints: "off",
    log_timezone: "UTC",
    // Not the statement that failed, nor the rows that it failed on: its client is told, and the file keeps them.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    ...(options.durable ? {} : { fsync: "off", full_page_writes: "off", synchronous_commit: "off" }),
  };
  const log = await open(cluster.serverLog, "a", 0o600);
  try {
    if ((await log.stat()).size > serverLogBytes) await log.truncate();
    // Root may start what another user made, and that user must be able to start it again.
    if (options.user !== null) await log.chown(options.user.uid, options.user.gid);
    const { size: start } = await log.stat();
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = spawn(options.binaries.postgres, ["-D", cluster.data, ...flags], {
      ...options.user,
      cwd: "/",
      env: serverEnvironment,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const exited = new Promise<string>((resolve, reject) => {
      server.once("error", reject);
      server.once("exit", () => {
        readFile(cluster.serverLog).then((bytes) => resolve(bytes.subarray(start).toString("utf8")), reject);
      });
    });
    // A server that ends later is noticed by its clients.
    exited.catch(() => undefined);
    server.unref();
    return { exited, kill: () => server.kill("SIGINT") };
  } finally {
    await log.close();
  }
}

/** The log is emptied at a start when it has grown beyond this; a start and a stop write a dozen lines. */
const serverLogBytes = 10_000_000;

/** Fast shutdown, as `pg_ctl stop`: sessions are ended, transactions rolled back; harder if that takes too long. */
export async function shutDown({ data }: Cluster, { pid }: Postmaster): Promise<void> {
  for (const [signal, seconds] of [
    ["SIGINT", 30],
    ["SIGQUIT", 5],
    ["SIGKILL", 5],
  ] as const) {
    if (!send(pid, signal)) return;
    if (await isGone(pid, data, seconds * 1000)) return;
  }
  throw new Error(`The embedded database (process ${pid}) does not end, not even by SIGKILL`);
}

/** No signal tells of the end of a process that isn't our child; a fast shutdown takes 30-100 ms. */
async function isGone(pid: number, data: string, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    if (!(await serves(pid, data))) return true;
    await delay(10);
  }
  return false;
}

/** @returns false if there is no such process; signal 0 only asks */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    // EPERM: another user's, so it exists.
    if (signal === 0) return true;
    throw error;
  }
}

/** Whether a process is the server of that data directory; a zombie no longer is. */
async function serves(pid: number, data: string): Promise<boolean> {
  return (await commandLineOf(pid)).includes(` -D ${data} `);
}

/** The arguments of a process, separated by spaces; empty if it is a zombie or isn't there. */
async function commandLineOf(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
    const { stdout } = await run("ps", ["-ww", "-o", "stat=,command=", "-p", String(pid)]);
    return stdout.startsWith("Z") ? "" : stdout;
  } catch {
    return "";
  }
}

/**
 * Removes a file unless somebody has replaced it since we read it: a server that started in between has written its
 * own, and taking that away would make the server end.
 */
async function removeIfUnchanged(file: string, content: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, "utf8").catch(() => content);
  if (moved !== content) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port on 127.0.0.1");
  return address.port;
}
