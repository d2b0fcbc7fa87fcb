import { rowsOf, table, type Tables } from "../eventlog/index.ts";

/**
 * How many watch in the app, by what was read of the log so far. Out from Agora's newest count of the whole audience:
 * that, without those of it who are bots or known to be gone, and with those who came since. Before there is one, or when
 * the channel has ended since, those who are known to be here.
 *
 * @returns null if nothing is known: no count of Agora's and nobody ever seen
 */
export async function countViewers({ knex, schema }: Tables, channelId: number): Promise<number | null> {
  const [count] = await rowsOf<{ viewers: number | null }>(
    knex,
    `select case
       when v.checked_total is null or v.ended_ts > v.checked_ts then case when seen > 0 then here end
       else greatest(0, here + v.checked_total - counted)
     end::integer as viewers
     from ${table(schema, "viewer_counts")} v
     cross join lateral (
       select count(*) as seen,
         count(*) filter (where not a.bot and a.newest[2] = 0 and a.newest[3] >= v.ended_ts) as here,
         count(*) filter (where case
           when a.at_checkup is null then a.since_checkup[2] = 1
           else a.at_checkup[2] = 0 and a.at_checkup[3] >= v.ended_ts
         end) as counted
       from ${table(schema, "audience")} a where a.channel_id = v.channel_id
     ) a
     where v.channel_id = :channelId`,
    { channelId },
  );
  return count?.viewers ?? null;
}
