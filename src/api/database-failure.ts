/**
 * Whether an error means that the database can't serve now, and may again in a moment. Any other error is a mistake of
 * ours.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "KnexTimeoutError" || driverMessages.test(error.message)) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return systemCodes.includes(code) || (code.length === 5 && sqlClasses.includes(code.slice(0, 2)));
}

/** Of node-postgres and Knex, which give these no code. Knex puts the statement before the driver's words. */
const driverMessages =
  /(^| - )(Connection terminated|timeout expired|Client (has encountered a connection error|was closed)|Unable to acquire)/;

const systemCodes = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
];

/** PostgreSQL's error classes (documentation, appendix A). */
const sqlClasses = [
  "08", // connection exception
  "40", // transaction rollback: 40P01 is a deadlock
  "53", // insufficient resources: 53300 is too many connections
  "57", // operator intervention: shutdown, starting up, statement timeout
];
