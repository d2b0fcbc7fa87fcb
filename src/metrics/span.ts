import { rowsOf, table, type Tables } from "../eventlog/index.ts";

/** Of which time points are wanted, and of how long a step each is. */
export interface Span {
  from: Date;
  /** Not part of it. */
  to: Date;
  /** Steps are counted from 1970, so that the same step has the same points whatever was asked for. */
  stepSeconds: number;
}

export type Wanted = { [Member in keyof Span]?: Span[Member] | undefined };

/** A span that can't be answered; the message says what to do. */
export class SpanRefused extends Error {
  override name = "SpanRefused";
  readonly member: "from" | "step";

  /** @param message - goes on after the member's name */
  constructor(member: SpanRefused["member"], message: string) {
    super(message);
    this.member = member;
  }
}

const pointsMost = 2_000;
const longestStepSeconds = 86_400;
const steps = [60, 300, 900, 3_600, 21_600, longestStepSeconds] as const;
const hourMs = 3_600_000;

const unitSeconds: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };

/** What `parseStep` reads, in words. */
export const stepRule = "seconds (60), or 30s, 5m, 1h; a day at most";

/** Reads the length of a step: whole seconds, or minutes, hours or a day with their letter. Null if it is neither. */
export function parseStep(text: string): number | null {
  const [, count = "", unit = ""] = /^([1-9]\d{0,4})([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? 0);
  return seconds > 0 && seconds <= longestStepSeconds ? seconds : null;
}

/**
 * Completes a span: of the channel's newest session, or the last hour of one that had none; of what is given, the time
 * since, or the hour before. The step is the shortest of a minute, 5, 15, an hour, 6, a day with which the points fit.
 *
 * @throws {SpanRefused} if it ends before it begins, or has more than 2,000 points
 */
export async function completeSpan(tables: Tables, channelId: number, wanted: Wanted): Promise<Span> {
  const { from, to } = await endsOf(tables, channelId, wanted);
  if (from >= to) throw new SpanRefused("from", "must be before to");
  const fits = steps.find((step) => pointsOf(from, to, step) <= pointsMost);
  const stepSeconds = wanted.stepSeconds ?? fits ?? longestStepSeconds;
  const points = pointsOf(from, to, stepSeconds);
  if (points <= pointsMost) return { from, to, stepSeconds };
  throw new SpanRefused(
    "step",
    `would give ${points} points, and ${pointsMost} are the most: ` +
      (fits === undefined ? "ask for a shorter time" : `take ${fits} seconds or more, or a shorter time`),
  );
}

async function endsOf({ knex, schema }: Tables, channelId: number, { from, to }: Wanted) {
  const [row] = await rowsOf<{ now: Date; openedAt: Date | null; closedAt: Date | null }>(
    knex,
    `select clock_timestamp() as now, s.opened_at as "openedAt", s.closed_at as "closedAt"
     from (select 1) one
     left join lateral (
       select opened_at, closed_at from ${table(schema, "sessions")}
       where channel_id = :channelId order by number desc limit 1
     ) s on true`,
    { channelId },
  );
  if (row === undefined) throw new Error("a query without a condition returned no row");
  const { now, openedAt, closedAt } = row;
  if (from !== undefined) return { from, to: to ?? now };
  if (to !== undefined || openedAt === null) return { from: new Date((to ?? now).getTime() - hourMs), to: to ?? now };
  return { from: openedAt, to: closedAt ?? now };
}

function pointsOf(from: Date, to: Date, stepSeconds: number): number {
  const stepOf = (time: number) => Math.floor(time / 1000 / stepSeconds);
  return stepOf(to.getTime() - 1) - stepOf(from.getTime()) + 1;
}
