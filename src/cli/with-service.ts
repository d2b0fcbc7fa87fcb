import { type Config, readConfig, secretsOf } from "../config/index.ts";
import { MigrationError, type OpenDatabase, openDatabase } from "../db/index.ts";
import type { Tables } from "../eventlog/index.ts";
import { createLogger, type Logger } from "../log.ts";
import { reasonOf } from "../reason-of.ts";
import { createRedactor } from "../redaction/index.ts";
import type { CommonOptions } from "./command.ts";
import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import { unlessInterrupted } from "./unless-interrupted.ts";

/** What a command works with: the service's settings and its database. */
export interface Service {
  config: Config;
  tables: Tables;
  log: Logger;
}

/**
 * Opens the database for as long as `work` takes: the configured one, the embedded one of a running service, or the
 * embedded one started for this command alone.
 *
 * @throws {Failure} if there is no database
 * @throws {Interrupted} if the user interrupts it; `work` may have been done or not
 */
export async function withService<T>(
  io: Io,
  options: CommonOptions,
  work: (service: Service) => Promise<T>,
): Promise<T> {
  const config = await readSettings(io);
  const log = createLog(io, options, config);
  const { knex, schema, close } = await open(config, log);
  try {
    return await unlessInterrupted(io.signal, () => work({ config, tables: { knex, schema }, log }));
  } finally {
    await close();
  }
}

/** @throws {Failure} if a setting is missing or bad; the message lists them all */
export async function readSettings(io: Io): Promise<Config> {
  try {
    return await readConfig(io.env);
  } catch (error) {
    throw new Failure(reasonOf(error), { cause: error });
  }
}

/** Silent unless asked for: a command's user wants the answer, not the log of how it was found. */
function createLog(io: Io, { verbose }: CommonOptions, config: Config): Logger {
  return createLogger({
    level: verbose === true ? "debug" : "silent",
    redactor: createRedactor(secretsOf(config)),
    destination: { write: io.err },
  });
}

async function open(config: Config, log: Logger): Promise<OpenDatabase> {
  try {
    return await openDatabase(config, { log });
  } catch (error) {
    if (error instanceof MigrationError) throw new Failure(error.message, { cause: error });
    const hint = config.database.url === null ? "" : " Is DATABASE_URL right, and does Postgres run there?";
    throw new Failure(`No database: ${reasonOf(error)}.${hint}`, { cause: error });
  }
}
