import type { Knex } from "knex";

import { initialState } from "../live/index.ts";
import { quoted, rowsOf, table, type Tables } from "./tables.ts";

/**
 * Gives a name a channel, unless it has one. `channel_{n}` gets n, if that is free and at most 900,000,000; every other
 * name a number from 1,000,000,000 on.
 *
 * @returns the channel's id
 */
export async function registerChannel({ knex, schema }: Tables, name: string): Promise<number> {
  const own = Number(/^channel_([1-9]\d{0,8})$/.exec(name)?.[1] ?? Infinity);
  const preferred = own <= 900_000_000 ? await insertChannel(knex, schema, own, name) : null;
  if (preferred !== null) return preferred;
  const existing = await findChannel(knex, schema, name);
  if (existing !== null) return existing;
  const [next] = await rowsOf<{ id: number }>(knex, `select nextval(:sequence)::integer as id`, {
    sequence: `${quoted(schema)}.channel_ids`,
  });
  if (next === undefined) throw new Error("nextval returned no row");
  const id = (await insertChannel(knex, schema, next.id, name)) ?? (await findChannel(knex, schema, name));
  if (id === null) throw new Error(`channel ${name} was neither inserted nor found`);
  return id;
}

async function insertChannel(knex: Knex, schema: string, id: number, name: string): Promise<number | null> {
  const [row] = await rowsOf<{ id: number }>(
    knex,
    `insert into ${table(schema, "channels")} (id, name, state) values (:id, :name, :state::jsonb)
     on conflict do nothing returning id`,
    { id, name, state: JSON.stringify(initialState(id)) },
  );
  return row?.id ?? null;
}

async function findChannel(knex: Knex, schema: string, name: string): Promise<number | null> {
  const sql = `select id from ${table(schema, "channels")} where name = :name`;
  const [row] = await rowsOf<{ id: number }>(knex, sql, { name });
  return row?.id ?? null;
}
