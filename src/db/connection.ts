import knexModule, { type Knex } from "knex";
import pg from "pg";

import type { Logger } from "../log.ts";

/** An open database. `knex.userParams.schema` is `schema`, for migrations. */
export interface Database {
  knex: Knex;
  /** Name of the schema that holds Tally's tables; every statement names it. */
  schema: string;
  /** Waits for running queries and closes the pool. */
  close: () => Promise<void>;
}

export interface ConnectionOptions {
  /** A `postgres://` URL. */
  url: string;
  log: Logger;
  /**
   * Whether the server ends a statement, or a transaction that does nothing, after 30 s; true by default. False for
   * migrations, which may take longer, and through a transaction pooler: PgBouncer refuses a connection that begins
   * with a setting it doesn't know ("unsupported startup parameter").
   */
  bounded?: boolean;
}

/**
 * A pool for queries and transactions. It opens connections when they are needed, survives a restart of Postgres (a
 * broken connection is logged and replaced), and reads `bigint` as a number and `timestamptz` as a Date.
 *
 * @param options.poolMax - connections at most
 */
export function createDatabase(options: ConnectionOptions & { schema: string; poolMax: number }): Database {
  const { schema, poolMax, log } = options;
  const knex = knexModule.knex({
    client: "pg",
    connection: connectionSettings(options),
    // A failed statement is told without its values. With Postgres, Knex would put them in only for a literal `?`.
    compileSqlOnError: false,
    pool: {
      min: 0,
      max: poolMax,
      acquireTimeoutMillis: 10_000,
      afterCreate: (connection: pg.Client, done: (error: Error | null, connection: pg.Client) => void) => {
        connection.on("error", (error) => log.warn({ err: error }, "db.connection_lost"));
        done(null, connection);
      },
    },
    log: {
      warn: (message: unknown) => log.warn({ knex: message }, "db.warning"),
      error: (message: unknown) => log.error({ knex: message }, "db.error"),
      deprecate: (method: string, alternative: string) => log.warn({ method, alternative }, "db.deprecated"),
      debug: (message: unknown) => log.debug({ knex: message }, "db.debug"),
    },
  });
  knex.userParams = { schema };
  return { knex, schema, close: () => knex.destroy() };
}

type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, release: Release) => void;
type Release = (reason?: Error | boolean) => void;

/**
 * Takes a connection back once, however often it is given back. graphile-worker 0.17 gives back the one that listens twice
 * if it breaks just as its workers end, and pg's own pool then throws where nobody can catch it: the process would end.
 */
class PatientPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(connected: Connected): void;
  override connect(connected?: Connected): Promise<pg.PoolClient> | void {
    if (connected === undefined) return super.connect();
    super.connect((error, client, release) => {
      let isReleased = false;
      connected(error, client, (reason) => {
        if (!isReleased) release(reason);
        isReleased = true;
      });
    });
  }
}

/**
 * A pool of node-postgres's own, for libraries that ask for one and for `LISTEN`. The same settings as
 * `createDatabase`; an idle connection that breaks is logged, not thrown.
 *
 * @param options.max - connections at most
 */
export function createPool(options: ConnectionOptions & { max: number }): pg.Pool {
  const pool = new PatientPool({ ...connectionSettings(options), max: options.max });
  const logLoss = (error: Error) => options.log.warn({ err: error }, "db.connection_lost");
  pool.on("error", logLoss);
  pool.on("connect", (client) => client.on("error", logLoss));
  return pool;
}

/** Long enough for any statement of ours, short enough that a hung process frees the rows that it holds locked. */
const statementTimeoutMs = 30_000;
const idleInTransactionMs = 30_000;

function connectionSettings({ url, bounded = true }: ConnectionOptions) {
  return {
    connectionString: url,
    application_name: "tally",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types: { getTypeParser },
    ...(bounded
      ? { statement_timeout: statementTimeoutMs, idle_in_transaction_session_timeout: idleInTransactionMs }
      : {}),
  };
}

type TypeParser = (oid: number, format?: string) => (value: string) => unknown;

const int8: number = pg.types.builtins.INT8;
const defaultParser = pg.types.getTypeParser as TypeParser;
/** Our identities and counts are far below 2^53; as strings they would compare and sort as text. */
const getTypeParser: TypeParser = (oid, format) =>
  oid === int8 && format !== "binary" ? Number : defaultParser(oid, format);
