import { table } from "../eventlog/index.ts";

/**
 * What is read of the log for the count: who joined or left the audience (105, 106) or changed between it and the hosts
 * (111, 112), hosts coming and going (103, 104), the channel's end (102), and Agora's own count.
 */
export const countedTypes = [
  "rtc.102",
  "rtc.103",
  "rtc.104",
  "rtc.105",
  "rtc.106",
  "rtc.111",
  "rtc.112",
  "PresenceChecked",
] as const;

/**
 * SQL of what the log says of each user's place in the audience, a row for an event: `uid`; `seq`, Agora's `clientSeq`,
 * or the second where it is missing; `ts`, Agora's second; `gone`, 1 if the user isn't audience after it; `was`, 1 if she
 * was audience before it; `bot`. What can't be read is no row: nothing in a body may fail the statement.
 *
 * @param condition - SQL about the event `e`; the values `:channelId`, `:bots` and `:own` are needed besides its own
 */
export function factsSql(schema: string, condition: string): string {
  return `
    select uid, coalesce(seq, ts * 1000) as seq, ts,
      (type in ('rtc.103', 'rtc.104', 'rtc.106', 'rtc.111'))::integer as gone,
      (type in ('rtc.106', 'rtc.111'))::integer as was,
      coalesce(client_type = any(:bots::bigint[]), false) or uid = any(:own::bigint[]) as bot
    from (
      select e.type, ${whole("uid", 10)}::bigint as uid, ${whole("clientSeq", 20)}::numeric as seq,
        ${whole("ts", 12)}::numeric as ts, ${whole("clientType", 9)}::bigint as client_type
      from ${table(schema, "events")} e
      where e.channel_id = :channelId and e.type in (${users}) and ${condition}
    ) read
    where uid is not null and ts is not null`;
}

const users = countedTypes
  .filter((type) => type !== "rtc.102" && type !== "PresenceChecked")
  .map((type) => `'${type}'`)
  .join(", ");

/** A member of a notification's payload as text, null unless it is a whole number. */
export function whole(name: string, digits: number): string {
  const text = `(e.payload #>> '{payload,${name}}')`;
  return `(case when ${text} ~ '^\\d{1,${digits}}$' then ${text} end)`;
}
