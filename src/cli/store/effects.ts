import type { Tables } from "../../eventlog/index.ts";
import { findEffect, type StoredEffect } from "../../operators/index.ts";
import { Failure } from "../failure.ts";

/** @throws {Failure} if there is no effect with one of these ids */
export function effectsOf(tables: Tables, ids: readonly number[]): Promise<StoredEffect[]> {
  return Promise.all(ids.map((id) => effectOf(tables, id)));
}

/** @throws {Failure} if there is no effect with this id */
export async function effectOf(tables: Tables, id: number): Promise<StoredEffect> {
  const effect = await findEffect(tables, id);
  if (effect !== undefined) return effect;
  throw new Failure(`There is no effect ${id}. "tally effects list" shows those that there are.`);
}
