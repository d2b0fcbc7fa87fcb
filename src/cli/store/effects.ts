import type { EffectStatus } from "../../db/index.ts";
import { rowsOf, table, type Tables } from "../../eventlog/index.ts";
import type { Effect } from "../../live/index.ts";
import { Failure } from "../failure.ts";

/** An effect as it is shown. */
export interface EffectItem {
  id: number;
  type: string;
  channel: string;
  status: EffectStatus;
  attempts: number;
  /** The last attempt's. */
  error: string | null;
}

export interface StoredEffect extends EffectItem {
  channelId: number;
  effect: Effect;
}

/** What lists and programs are shown of it. */
export function toEffectItem({ id, type, channel, status, attempts, error }: EffectItem): EffectItem {
  return { id, type, channel, status, attempts, error };
}

const columns = "e.id, e.type, c.name as channel, e.status, e.attempts, e.error";

/** The newest effects that fit the filter, newest first. */
export async function listEffects(
  { knex, schema }: Tables,
  filter: { status?: EffectStatus; channel?: string; limit: number },
): Promise<EffectItem[]> {
  const conditions = [
    ...(filter.status === undefined ? [] : ["e.status = :status"]),
    ...(filter.channel === undefined ? [] : ["c.name = :channel"]),
  ];
  return rowsOf<EffectItem>(
    knex,
    `select ${columns} from ${fromEffects(schema)} ${conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`}
     order by e.id desc limit :limit`,
    filter,
  );
}

/** @throws {Failure} if there is no effect with this id */
export async function findEffect({ knex, schema }: Tables, id: number): Promise<StoredEffect> {
  const sql = `select ${columns}, e.channel_id as "channelId", e.payload as effect from ${fromEffects(schema)}
    where e.id = :id`;
  const [effect] = await rowsOf<StoredEffect>(knex, sql, { id });
  if (effect === undefined) {
    throw new Failure(`There is no effect ${id}. "tally effects list" shows those that there are.`);
  }
  return effect;
}

function fromEffects(schema: string): string {
  return `${table(schema, "effects")} e join ${table(schema, "channels")} c on c.id = e.channel_id`;
}
