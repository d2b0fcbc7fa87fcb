/** What a person can do about a failure of the database; the default is for anything unknown. */
export function adviceOn(error: unknown): string {
  const { code = "", message = "" } = error as { code?: unknown; message?: string };
  return bySqlState[String(code)] ?? bySystemCode[String(code)] ?? byDriversWords(message) ?? fallback;
}

/** Whether the server was there and said no (an SQLSTATE), rather than nobody answering. */
export function isRefusal(error: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test(String((error as { code?: unknown }).code)) && "severity" in (error as object);
}

const credentials = "Correct the user and password in DATABASE_URL (and DATABASE_DIRECT_URL, if set).";
const right = "Give that user the right to it, or use the URL of one who has it.";

/** PostgreSQL's error codes (documentation, appendix A). */
const bySqlState: Record<string, string> = {
  "28P01": credentials,
  "28000": `${credentials} If it says "no encryption", add ?sslmode=no-verify.`,
  "3D000": "Create that database, or correct its name in DATABASE_URL.",
  "42501": right,
  "53100": "The disk of the database is full: make room there, then start again.",
  "53300": "Let it take more connections, or lower DB_POOL_MAX.",
  "57P03": "It is starting or stopping: start again in a moment.",
};

const bySystemCode: Record<string, string> = {
  ENOTFOUND: "There is no such host: correct DATABASE_URL (and DATABASE_DIRECT_URL, if set).",
  EAI_AGAIN: "The host's name can't be looked up now: check the network, and DATABASE_URL.",
};

/** Of node-postgres, which gives these no code. */
function byDriversWords(message: string): string | undefined {
  if (/SSL|certificate/i.test(message)) {
    return "If it is the right one, ?sslmode=disable or ?sslmode=no-verify in DATABASE_URL may help.";
  }
  if (/terminated unexpectedly|timeout expired/.test(message)) {
    return "Is that a Postgres server, and does a firewall let this process reach it? Check DATABASE_URL.";
  }
  return undefined;
}

const fallback = "Check that it runs, and DATABASE_URL (and DATABASE_DIRECT_URL, if set).";
