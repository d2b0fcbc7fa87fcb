import { appendWithin, rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { VideoExpired } from "../live/index.ts";

export interface Expiry {
  /**
   * Writes into the log which videos are too old now. What becomes of them is decided by their channels.
   *
   * @returns the channels that have something to fold
   */
  look(): Promise<number[]>;
}

/** A few at a time, so that a shortened retention deletes a year of videos without a flood of calls. */
const batch = 10;
const intervalMs = 60_000;
/** Deletions that one channel owes at once, dead ones included: they are in its state. */
const owedMost = 20;

/** @param days - null: no video is ever too old */
export function createExpiry({ knex, schema }: Tables, days: number | null): Expiry {
  let nextAt = 0;

  return {
    async look() {
      if (days === null || performance.now() < nextAt) return [];
      nextAt = performance.now() + intervalMs;
      return knex.transaction(async (trx) => {
        const found = await rowsOf<Found>(trx, expiredSql(schema), { days });
        const events = found.map(({ channelId, channel, session, video }) => {
          const payload: VideoExpired = { type: "VideoExpired", session, video };
          return {
            source: "tally" as const,
            dedupeKey: `${channelId}:video:${video}:expired`,
            type: payload.type,
            route: { kind: "channel" as const, key: channel },
            channelId,
            occurredAt: null,
            payload,
            raw: null,
            bodySha256: null,
            headers: null,
          };
        });
        await appendWithin(trx, schema, events);
        return [...new Set(found.map(({ channelId }) => channelId))];
      });
    },
  };
}

interface Found {
  channelId: number;
  channel: string;
  session: number;
  video: string;
}

/**
 * Videos that Cloudflare is done with, of sessions that are over for so long. Its ids have 32 digits; what is shorter
 * could be the name of another of its addresses.
 */
function expiredSql(schema: string): string {
  return `
    select s.channel_id as "channelId", c.name as channel, s.number as session, v.video ->> 'video' as video
    from ${table(schema, "sessions")} s
    join ${table(schema, "channels")} c on c.id = s.channel_id
    cross join lateral jsonb_array_elements(s.videos) as v (video)
    where s.keeps_video and s.closed_at < clock_timestamp() - make_interval(days => :days)
      and (v.video -> 'ready' = 'true' or v.video -> 'error' <> 'null')
      and v.video -> 'expired' is null and v.video -> 'deletedAt' is null
      and v.video ->> 'video' ~ '^[0-9A-Za-z-]{20,64}$'
      and (select count(*) from jsonb_object_keys(coalesce(c.state -> 'deletions', '{}'))) < ${owedMost}
    order by s.closed_at, s.id limit ${batch}`;
}
