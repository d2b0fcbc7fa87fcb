import type { Knex } from "knex";

import type { Tables } from "../../eventlog/index.ts";

/**
 * Does some work in one transaction. Not at the server's default level, whatever that is: each statement must see what
 * was committed before the lock that it waited for.
 */
export function inTransaction<T>({ knex }: Tables, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return knex.transaction(work, { isolationLevel: "read committed" });
}
