import type { EffectStatus } from "../db/index.ts";
import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { Effect } from "../live/index.ts";
import { describeEffect, isPaid } from "./effect-words.ts";

/** An effect as operators are shown it. Times are ISO 8601. */
export interface EffectItem {
  id: number;
  type: string;
  /** What it asks of a provider. */
  description: string;
  channel: string;
  status: EffectStatus;
  attempts: number;
  /** The last attempt's. */
  error: string | null;
  /** Its call begins something that costs money. */
  isPaid: boolean;
  createdAt: string;
  finishedAt: string | null;
}

/** What else is known of it. */
export interface StoredEffect {
  item: EffectItem;
  channelId: number;
  effect: Effect;
}

export interface EffectFilter {
  status?: EffectStatus | undefined;
  /** A channel's name. */
  channel?: string | undefined;
  /** Older than this one, by id. */
  before?: number | undefined;
  /** At most so many, the newest. */
  limit: number;
}

/** The newest effects that fit the filter, newest first. */
export async function listEffects(tables: Tables, filter: EffectFilter): Promise<EffectItem[]> {
  const conditions = { status: "e.status = :status", channel: "c.name = :channel", before: "e.id < :before" };
  const where = Object.entries(conditions)
    .filter(([name]) => filter[name as keyof typeof conditions] !== undefined)
    .map(([, condition]) => `and ${condition}`);
  const found = await select(tables, `true ${where.join(" ")} order by e.id desc limit :limit`, { ...filter });
  return found.map(({ item }) => item);
}

/** One effect, undefined if there is none with this id. */
export async function findEffect(tables: Tables, id: number): Promise<StoredEffect | undefined> {
  const [effect] = await select(tables, "e.id = :id", { id });
  return effect;
}

type EffectRow = Omit<EffectItem, "description" | "isPaid" | "createdAt" | "finishedAt"> &
  Omit<StoredEffect, "item"> & { createdAt: Date; finishedAt: Date | null };

async function select({ knex, schema }: Tables, condition: string, values: object): Promise<StoredEffect[]> {
  const rows = await rowsOf<EffectRow>(
    knex,
    `select e.id, e.type, c.name as channel, e.status, e.attempts, e.error, e.created_at as "createdAt",
       e.finished_at as "finishedAt", e.channel_id as "channelId", e.payload as effect
     from ${table(schema, "effects")} e join ${table(schema, "channels")} c on c.id = e.channel_id
     where ${condition}`,
    { ...values },
  );
  return rows.map(({ channelId, effect, createdAt, finishedAt, ...row }) => {
    const { id, type, ...rest } = row;
    const item = {
      id,
      type,
      description: describeEffect(type),
      ...rest,
      isPaid: isPaid(type),
      createdAt: createdAt.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
    };
    return { item, channelId, effect };
  });
}
