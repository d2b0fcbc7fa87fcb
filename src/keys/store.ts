import type { ApiKeyRow } from "../db/index.ts";
import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import { newKey } from "./key-text.ts";
import type { Scope } from "./scope.ts";

/** A key as it may be shown: without anything of its secret. */
export type ApiKey = Omit<ApiKeyRow, "secret_hash">;

const shown = "id, name, scope, prefix, created_at, last_used_at, revoked_at";

/** @returns the key itself as well, which is kept nowhere: this is the only time that it can be told */
export async function createKey(
  { knex, schema }: Tables,
  { name, scope }: { name: string; scope: Scope },
): Promise<{ row: ApiKey; text: string }> {
  const { text, prefix, secretHash } = newKey();
  const [row] = await rowsOf<ApiKey>(
    knex,
    `insert into ${table(schema, "api_keys")} (name, scope, prefix, secret_hash)
     values (:name, :scope, :prefix, :secretHash) returning ${shown}`,
    { name, scope, prefix, secretHash },
  );
  if (row === undefined) throw new Error("The key was not stored");
  return { row, text };
}

/** All keys, the newest first, and those that were revoked at the end. */
export async function listKeys({ knex, schema }: Tables): Promise<ApiKey[]> {
  const sql = `select ${shown} from ${table(schema, "api_keys")} order by revoked_at is not null, id desc`;
  return rowsOf<ApiKey>(knex, sql);
}

/** One key, revoked or not. */
export async function findKey(
  { knex, schema }: Tables,
  by: { id: number } | { prefix: string },
): Promise<ApiKeyRow | undefined> {
  const [column] = Object.keys(by);
  const sql = `select * from ${table(schema, "api_keys")} where ${column} = :${column}`;
  const [row] = await rowsOf<ApiKeyRow>(knex, sql, by);
  return row;
}

/**
 * Revokes a key for good; one that is revoked already keeps its time.
 *
 * @returns undefined if there is no such key
 */
export async function revokeKey({ knex, schema }: Tables, id: number): Promise<ApiKey | undefined> {
  const [row] = await rowsOf<ApiKey>(
    knex,
    `update ${table(schema, "api_keys")} set revoked_at = coalesce(revoked_at, clock_timestamp())
     where id = :id returning ${shown}`,
    { id },
  );
  return row;
}

/** Which of these keys are revoked. */
export async function findRevoked({ knex, schema }: Tables, ids: readonly number[]): Promise<number[]> {
  const sql = `select id from ${table(schema, "api_keys")} where id = any(:ids) and revoked_at is not null`;
  return (await rowsOf<{ id: number }>(knex, sql, { ids })).map(({ id }) => id);
}

/** Notes that a key was used just now, unless that was noted less than a minute ago. */
export async function noteKeyUse({ knex, schema }: Tables, id: number): Promise<void> {
  const sql = `update ${table(schema, "api_keys")} set last_used_at = clock_timestamp()
    where id = :id and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute')`;
  await rowsOf(knex, sql, { id });
}
