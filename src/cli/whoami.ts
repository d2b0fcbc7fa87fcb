import { userInfo } from "node:os";

/** Who runs the command, as the log shows who asked for something. */
export function whoami(): string {
  return `tally command of ${userName()}`;
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "?"}`;
  }
}
