import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { Refused } from "./refusals.ts";

/** How many deliveries were refused at one address, for one reason. */
export interface RefusalCount extends Refused {
  /** When the first of them came. */
  from: Date;
  /** When the last of them came. */
  to: Date;
  count: number;
}

/** What was refused in a span of time, by address and reason; those with no gap of more than five minutes are one. */
export function listRefusals({ knex, schema }: Tables, from: Date, to: Date): Promise<RefusalCount[]> {
  return rowsOf<RefusalCount>(
    knex,
    `select source, door, why, min(first_at) as "from", max(last_at) as "to", sum(count)::integer as count
     from (
       select *, sum(is_new) over (partition by door, why order by minute) as run
       from (
         select *, (minute > lag(minute, 1, '-infinity') over (partition by door, why order by minute)
           + interval '5 minutes')::integer as is_new
         from ${table(schema, "refusals")}
         where minute > cast(:from as timestamptz) - interval '1 minute' and minute <= :to
           and last_at >= :from and first_at <= :to
       ) as marked
     ) as runs
     group by source, door, why, run order by "from", door, why limit 1000`,
    { from, to },
  );
}

/** What was refused in the last hours, a row for each address and reason: that first which came last. */
export function sumRefusals({ knex, schema }: Tables, hours: number): Promise<RefusalCount[]> {
  return rowsOf<RefusalCount>(
    knex,
    `select source, door, why, min(first_at) as "from", max(last_at) as "to", sum(count)::integer as count
     from ${table(schema, "refusals")}
     where minute > clock_timestamp() - :hours * interval '1 hour' - interval '1 minute'
       and last_at > clock_timestamp() - :hours * interval '1 hour'
     group by source, door, why order by "to" desc, door, why limit 50`,
    { hours },
  );
}
