/** The data folder can't be used; the message says what to do. */
export class DataFolderError extends Error {
  override name = "DataFolderError";

  /** @param cause - of the file system */
  static notWritten(folder: string, cause: unknown): DataFolderError {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const words =
      code === "ENOSPC" || code === "EDQUOT"
        ? `The disk that holds ${folder} is full: make room there, or set TALLY_DATA_DIR to a folder on another disk.`
        : `${folder} can't be written (${code}): make it a folder that this user may write, or set TALLY_DATA_DIR to another.`;
    return new DataFolderError(words, { cause });
  }
}
