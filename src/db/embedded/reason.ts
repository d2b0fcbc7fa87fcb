/**
 * Why the embedded database can't be made or started, in one sentence with what to do.
 *
 * @param what - could not be done
 * @param error - of the file system or of a Postgres program that was run; or what such a program wrote
 * @param folder - the data folder
 */
export function embeddedFailure(what: string, error: unknown, folder: string): string {
  const words = wordsOf(error);
  return isDiskFull(error, words)
    ? `${what}: the disk that holds ${folder} is full. Make room there, or set TALLY_DATA_DIR to a folder on another disk.`
    : `${what}: ${words}. If ${folder} can't be mended, set TALLY_DATA_DIR to another folder, or DATABASE_URL to a server.`;
}

function isDiskFull(error: unknown, words: string): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "ENOSPC" || code === "EDQUOT" || /No space left on device|Disk quota exceeded/.test(words);
}

/** A program may say much before its last complaint, which is what counts. */
function wordsOf(error: unknown): string {
  const { stderr, message } = (error ?? {}) as { stderr?: unknown; message?: unknown };
  const output = typeof error === "string" ? error : typeof stderr === "string" && stderr !== "" ? stderr : message;
  const lines = String(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const complaint = lines.findLast((line) => complaintMark.test(line)) ?? lines.join(" ");
  return complaint.replace(complaintMark, "").replace(/\.$/, "");
}

/** `initdb: error: …`, `2026-11-24 13:34:19.123 UTC [4711] FATAL:  …`. */
const complaintMark = /^.*?(?:FATAL|PANIC|ERROR|error):\s+/;
