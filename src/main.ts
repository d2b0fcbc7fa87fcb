import { setTimeout as wait } from "node:timers/promises";

import { type Closers, createClosers } from "./closers.ts";
import {
  type Config,
  ConfigError,
  DataFolderError,
  describeConfig,
  readConfig,
  secretsInEnvironment,
  secretsOf,
} from "./config/index.ts";
import { consoleToLog } from "./console-to-log.ts";
import { DatabaseUnavailable, MigrationError } from "./db/index.ts";
import { createLogger, type Logger } from "./log.ts";
import { assertPortIsFree } from "./port.ts";
import { reasonOf } from "./reason-of.ts";
import { createRedactor } from "./redaction/index.ts";
import { openService } from "./service.ts";
import { stopOnSignals, type Stopping } from "./signals.ts";
import { spawnSandbox } from "./spawn-sandbox.ts";
import { StartError } from "./start-error.ts";
import { StopError } from "./stop-error.ts";

let redactor = createRedactor(secretsInEnvironment(process.env));
let log = createLogger({ level: "info", redactor });

/** `npm start`: the service until a signal. */
async function main(): Promise<void> {
  const stopping = stopOnSignals();
  process.on("uncaughtException", crash);
  const config = await readConfig(process.env);
  redactor = createRedactor(secretsOf(config));
  log = createLogger({ level: config.logLevel, redactor });
  consoleToLog(console, log);
  log.info(describeConfig(config), "tally.starting");

  const closers = createClosers();
  const opening = open(config, log, closers, stopping);
  try {
    await Promise.race([opening, stopping.asked]);
  } catch (error) {
    await close(closers).catch((failure: unknown) => log.error({ err: failure }, "tally.stop_failed"));
    throw error;
  }
  log.info({ signal: await stopping.asked }, "tally.stopping");
  // What is half open can't be closed; an opening that sees the signal ends at its next step.
  await Promise.race([opening.catch(() => undefined), wait(openingMs)]);
  await close(closers);
  log.info("tally.stopped");
}

async function open(config: Config, log: Logger, closers: Closers, stopping: Stopping): Promise<void> {
  await assertPortIsFree(config.port);
  if (config.sandbox) await openSandbox(config, log, closers);
  stopping.signal.throwIfAborted();
  const port = await openService(config, log, closers, stopping.signal);
  log.info({ port, url: config.publicUrl }, "tally.ready");
}

async function openSandbox(config: Config, log: Logger, closers: Closers): Promise<void> {
  const sandbox = await spawnSandbox(config);
  closers.add("the sandbox", () => sandbox.stop());
  log.warn(
    { sandboxUrl: sandbox.url },
    "no provider credentials are set: Agora and Cloudflare are played by the built-in sandbox, nothing goes out",
  );
}

/** Both together end before the 30 s after which Heroku and Kubernetes kill. */
const openingMs = 5_000;
const closingMs = 20_000;

/** @throws {StopError} if something could not be closed, or not in time */
async function close(closers: Closers): Promise<void> {
  const closing = closers.closeAll().then(() => null, reasonOf);
  const failure = await Promise.race([closing, wait(closingMs, `it took longer than ${closingMs / 1000} s`)]);
  if (failure !== null) throw new StopError(failure);
}

/** Nobody knows what state a bug has left behind: the next process begins from the database. */
function crash(error: unknown, origin: string): never {
  log.fatal({ err: error, origin }, "tally.crashed");
  process.exit(1);
}

/** What a person can mend; a stack would only hide the words. */
const mendable = [ConfigError, DataFolderError, MigrationError, DatabaseUnavailable, StartError, StopError];

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (!mendable.some((kind) => error instanceof kind)) log.fatal({ err: error }, "tally.failed");
    process.stderr.write(`${redactor.text(reasonOf(error))}\n`);
    process.exit(1);
  },
);
