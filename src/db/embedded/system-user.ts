import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";

import type { Logger } from "../../log.ts";
import { DatabaseUnavailable } from "../database-unavailable.ts";

const run = promisify(execFile);

/** The user that Postgres runs as, as `spawn` takes it. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root; then it runs as the owner of the data it has, or for new data as user `postgres`,
 * who is created if missing.
 *
 * @param data - the data directory, which need not be there
 * @returns null when this process isn't root: Postgres runs as the same user
 * @throws {DatabaseUnavailable} if there is no such user and none can be created; the message says what to do
 */
export async function systemUser(data: string, log: Logger): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(data).catch(() => null);
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const known = await lookUp();
  if (known !== null) return known;
  for (const [command, ...args] of creators) {
    // A failure may mean that another process is creating the same user right now, so the look-up decides.
    await run(command, args).catch(() => undefined);
    const created = await lookUp();
    if (created !== null) {
      log.info({ user: name, ...created }, "db.embedded_user_created");
      return created;
    }
  }
  throw new DatabaseUnavailable(
    `Tally runs as root, Postgres can't, and user "${name}" is missing and could not be created. ` +
      `Create that user, run Tally as an ordinary user, or set DATABASE_URL.`,
  );
}

/** @returns whether that user can enter a folder */
export async function canEnter(user: SystemUser, folder: string): Promise<boolean> {
  return run("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], { ...user, cwd: "/" }).then(
    () => true,
    () => false,
  );
}

const name = "postgres";

/** Of shadow (most Linux distributions) and of BusyBox (Alpine). */
const creators = [
  ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
  ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", name],
] as const;

async function lookUp(): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}
