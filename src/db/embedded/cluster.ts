import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import type { Logger } from "../../log.ts";
import { DatabaseUnavailable } from "../database-unavailable.ts";
import type { Binaries } from "./binaries.ts";
import { embeddedFailure } from "./reason.ts";
import { canEnter, type SystemUser } from "./system-user.ts";

const run = promisify(execFile);

/** A Postgres data directory of ours, and what goes with it. */
export interface Cluster {
  /** What Postgres calls the data directory, symlinks resolved. */
  data: string;
  /** Where the server writes its messages. */
  serverLog: string;
  password: string;
}

export const superuser = "tally";

/**
 * Opens the cluster at `<dataDir>/postgres`, creating it first if missing. If root's `user` can't enter `dataDir`, the
 * cluster is in `/var/lib/tally` and `<dataDir>/postgres` is a symlink to it.
 *
 * @throws {DatabaseUnavailable} if the cluster is another version's or another user's, or can't be created; the message
 * says what to do
 */
export async function openCluster(options: OpenOptions): Promise<Cluster> {
  const home = homeIn(options.dataDir);
  const password = (await readPassword(home)) ?? (await createCluster(home, options));
  const data = await realpath(dataIn(options.dataDir));
  const version = (await readFile(join(data, "PG_VERSION"), "utf8")).trim();
  if (version !== options.binaries.major) {
    throw new DatabaseUnavailable(
      `${home} was made by Postgres ${version}, and this version of Tally brings Postgres ${options.binaries.major}. ` +
        "Move that folder away to start with an empty database, or set DATABASE_URL.",
    );
  }
  return { data, serverLog: join(home, "server.log"), password };
}

interface OpenOptions {
  dataDir: string;
  binaries: Binaries;
  user: SystemUser | null;
  durable: boolean;
  log: Logger;
}

function homeIn(dataDir: string): string {
  return join(resolve(dataDir), "postgres");
}

/** The data directory in a data folder, which may be a symlink and need not be there yet. */
export function dataIn(dataDir: string): string {
  return join(homeIn(dataDir), "data");
}

/** A cluster and its password appear at once: whoever sees the one has the other. */
async function readPassword(home: string): Promise<string | null> {
  const file = join(home, "password");
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw new DatabaseUnavailable(
      `${file} can't be read (${code ?? "unknown"}): run Tally as the user that owns it, or choose another TALLY_DATA_DIR.`,
      { cause: error },
    );
  }
}

/** @returns the password of the cluster that is there afterwards: this one, or that of another process that was faster */
async function createCluster(home: string, options: OpenOptions): Promise<string> {
  const startedAt = performance.now();
  let cause: unknown;
  try {
    await initialiseAndPublish(home, options);
    options.log.info({ home, durationMs: Math.round(performance.now() - startedAt) }, "db.embedded_created");
  } catch (error) {
    cause = error;
  }
  const password = await readPassword(home);
  if (password !== null) return password;
  const what = `The embedded database could not be created at ${home}`;
  throw new DatabaseUnavailable(embeddedFailure(what, cause, options.dataDir), { cause });
}

async function initialiseAndPublish(home: string, options: OpenOptions): Promise<void> {
  const { dataDir, user } = options;
  await mkdir(dataDir, { recursive: true });
  const reachable = user === null || (await canEnter(user, dataDir));
  const parent = reachable ? resolve(dataDir) : "/var/lib/tally";
  if (!reachable) {
    await mkdir(parent, { recursive: true });
    await chmod(parent, 0o755);
  }
  await removeLeftovers(parent);
  const temporary = await mkdtemp(join(parent, temporaryPrefix));
  try {
    await initialise(temporary, options);
    if (reachable) await rename(temporary, home);
    else await publishByLink(temporary, join(parent, `postgres-${randomBytes(6).toString("hex")}`), home);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function initialise(folder: string, { binaries, user, durable }: OpenOptions): Promise<void> {
  const data = join(folder, "data");
  const password = join(folder, "password");
  await mkdir(data, { mode: 0o700 });
  await writeFile(password, randomBytes(24).toString("hex"), { mode: 0o600 });
  if (user !== null) {
    await chmod(folder, 0o711);
    await chown(data, user.uid, user.gid);
    await chown(password, user.uid, user.gid);
  }
  const args = [
    ...["--pgdata", data, "--username", superuser, "--pwfile", password, "--auth=scram-sha-256"],
    ...["--encoding=UTF8", "--locale=C", durable ? "--data-checksums" : "--no-sync"],
  ];
  await run(binaries.initdb, args, { ...user, cwd: "/", env: serverEnvironment });
}

/** Only what a server needs: nothing of the service's own environment, which holds secrets. */
export const serverEnvironment = { LC_ALL: "C", TZ: "UTC" };

async function publishByLink(temporary: string, target: string, home: string): Promise<void> {
  await rename(temporary, target);
  try {
    await symlink(target, home);
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

const temporaryPrefix = ".initdb-";

/** Folders of processes that were killed while creating a cluster, which takes seconds. */
async function removeLeftovers(parent: string): Promise<void> {
  const tenMinutesAgo = Date.now() - 600_000;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const folder = join(parent, name);
    const found = await stat(folder).catch(() => null);
    if (found !== null && found.mtimeMs < tenMinutesAgo) await rm(folder, { recursive: true, force: true });
  }
}
