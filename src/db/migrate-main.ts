import { ConfigError, loadDatabaseConfig, secretsInEnvironment } from "../config/index.ts";
import { createLogger } from "../log.ts";
import { reasonOf } from "../reason-of.ts";
import { createRedactor } from "../redaction/index.ts";
import { DatabaseUnavailable } from "./database-unavailable.ts";
import { migrate, MigrationError } from "./migrate.ts";
import { locateDatabase } from "./open-database.ts";

const redactor = createRedactor(secretsInEnvironment(process.env));
let log = createLogger({ level: "info", redactor });

/** `npm run migrate`: brings the configured database, or the embedded one, to the schema of this code. */
async function main(): Promise<void> {
  const config = loadDatabaseConfig(process.env);
  log = createLogger({ level: config.logLevel, redactor });
  const { schema } = config.database;
  const { directUrl, embedded } = await locateDatabase(config, log);
  try {
    const ran = await migrate({ url: directUrl, schema, log });
    log.info({ schema, migrations: ran }, ran.length === 0 ? "db.up_to_date" : "db.migrations_done");
  } finally {
    await embedded?.stop();
  }
}

main().catch((error: unknown) => {
  const expected =
    error instanceof ConfigError || error instanceof MigrationError || error instanceof DatabaseUnavailable;
  if (!expected) log.fatal({ err: error }, "db.migration_failed");
  process.stderr.write(`${redactor.text(reasonOf(error))}\n`);
  process.exitCode = 1;
});
