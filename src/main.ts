import type { Closers } from "./closers.ts";
import { createClosers } from "./closers.ts";
import { type Config, ConfigError, describeConfig, readConfig } from "./config/index.ts";
import { DatabaseUnavailable, MigrationError } from "./db/index.ts";
import { createLogger, type Logger } from "./log.ts";
import { assertPortIsFree } from "./port.ts";
import { openService } from "./service.ts";
import { spawnSandbox } from "./spawn-sandbox.ts";
import { StartError } from "./start-error.ts";

/** `npm start`: the service until a signal. */
async function main(): Promise<void> {
  const config = await readConfig(process.env);
  const log = createLogger({ level: config.logLevel });
  log.info(describeConfig(config), "tally.starting");

  await assertPortIsFree(config.port);
  const closers = createClosers();
  const signal = firstSignal();
  try {
    if (config.sandbox) await openSandbox(config, log, closers);
    const port = await openService(config, log, closers);
    log.info({ port, url: config.publicUrl }, "tally.ready");
    log.info({ signal: await signal }, "tally.stopping");
  } finally {
    await closers.closeAll();
  }
  log.info("tally.stopped");
}

async function openSandbox(config: Config, log: Logger, closers: Closers): Promise<void> {
  const sandbox = await spawnSandbox(config);
  closers.add("the sandbox", () => sandbox.stop());
  log.warn(
    { sandboxUrl: sandbox.url },
    "no provider credentials are set: Agora and Cloudflare are played by the built-in sandbox, nothing goes out",
  );
}

/**
 * SIGTERM and SIGINT end this process and nothing else: whoever broadcasts goes on, and the next process takes over
 * from the database. A second signal doesn't wait.
 */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve(signal);
      });
    }
  });
}

const mendable = [ConfigError, MigrationError, DatabaseUnavailable, StartError];

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const isMendable = error instanceof Error && mendable.some((kind) => error instanceof kind);
    console.error(isMendable ? error.message : error);
    process.exit(1);
  },
);
