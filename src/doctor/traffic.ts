import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import { type Afterwards, type RecentRefusals, recentRefusals } from "../journal/index.ts";
import { failed, ok, type Outcome, warning } from "./check.ts";

/** Agora's newest is among so many of the newest events, or it says next to nothing. */
const lookedAt = 200_000;

/** When each provider was last heard, by the log. */
export async function checkDeliveries({ knex, schema }: Tables, now: Date): Promise<Outcome> {
  const events = table(schema, "events");
  // As the index on Cloudflare's has it.
  const cloudflares = (family: string) =>
    `select received_at from ${events} where source = 'cloudflare' and split_part(type, '.', 1) = '${family}'
     order by id desc limit 1`;
  const [heard] = await rowsOf<Record<"agora" | "live" | "video", Date | null>>(
    knex,
    `select (select received_at from ${events} where source = 'agora'
         and id > (select max(id) - ${lookedAt} from ${events}) order by id desc limit 1) as agora,
       (${cloudflares("live_input")}) as live, (${cloudflares("video")}) as video`,
  );
  return judgeDeliveries(heard ?? { agora: null, live: null, video: null }, now);
}

export function judgeDeliveries(
  { agora, live, video }: Record<"agora" | "live" | "video", Date | null>,
  now: Date,
): Outcome {
  const heard = [
    ["Agora", agora],
    ["Cloudflare live", live],
    ["Cloudflare video", video],
  ] as const;
  const words = heard.map(([name, at]) => `${name}: ${at === null ? "nothing yet" : ago(now, at)}`).join("; ");
  if (heard.every(([, at]) => at !== null)) return ok(words);
  return warning(words, "Press Check in Agora's console (tally setup agora); for Cloudflare, tally setup cloudflare.");
}

/** What came in the last day and was turned away: a wrong secret looks like silence otherwise. */
export async function checkRefusals(tables: Tables, now: Date): Promise<Outcome[]> {
  return judgeRefusals(await recentRefusals(tables, 24), now);
}

/** A finding for each reason: a warning of what was likely a provider's own and isn't over; else what it is. */
export function judgeRefusals(refusals: readonly RecentRefusals[], now: Date): Outcome[] {
  if (refusals.length === 0) return [ok("none in the last 24 hours")];
  return refusals.map((refused) => {
    const { door, why, count, to, isAlarming, todo, afterwards } = refused;
    const words = `/webhooks${door}: ${why}; ${count === 1 ? "once," : `${count} times, last`} ${ago(now, to)}`;
    if (isAlarming) return warning(`${words}${pending[afterwards.state]}`, todo);
    if (afterwards.state !== "accepted") return ok(`${words}: strangers', likely`);
    return ok(`${words}; accepted again since ${clock(afterwards.at)} UTC`);
  });
}

const pending: Readonly<Record<Afterwards["state"], string>> = {
  nothing: "",
  others: "; others there are accepted: a second sender has another secret, or a stranger tries",
  restart: ", before this start; nothing came since",
  accepted: "",
};

const clock = (at: Date) => at.toISOString().slice(11, 19);

/** A pool that was silent for so long is dead to the others (`engine/processes.ts`). */
const silentSeconds = 15;

/** Whether anybody is at work: a process writes a heartbeat for its job workers every three seconds. */
export async function checkProcesses({ knex, schema }: Tables): Promise<Outcome> {
  const rows = await rowsOf<{ hostname: string; pid: number; silent: number }>(
    knex,
    `select hostname, pid, extract(epoch from clock_timestamp() - heartbeat_at)::integer as silent
     from ${table(schema, "processes")} order by heartbeat_at desc`,
  );
  const alive = rows.filter(({ silent }) => silent < silentSeconds);
  const words = alive.map(({ hostname, pid }) => `${hostname} (pid ${pid})`).join(", ");
  if (alive.length === 0) return failed("no process is alive: nothing is started or stopped", "Start the service.");
  return ok(`${alive.length} alive: ${words}`);
}

/** So long an event may wait in a busy second. */
const pendingSeconds = 30;

/** What was left undone. */
export async function checkBacklog({ knex, schema }: Tables): Promise<Outcome[]> {
  const [row] = await rowsOf<{ dead: number; pending: number; oldest: number | null }>(
    knex,
    `select (select count(*) from ${table(schema, "effects")} where status = 'dead')::integer as dead,
       count(*)::integer as pending,
       floor(extract(epoch from clock_timestamp() - min(received_at)))::integer as oldest
     from ${table(schema, "events")} where status = 'pending'`,
  );
  const { dead, pending, oldest } = row ?? { dead: 0, pending: 0, oldest: null };
  const waits = oldest !== null && oldest > pendingSeconds;
  return [
    waits
      ? failed(
          `${pending} events are pending, the oldest for ${oldest} s`,
          "See whether a process is alive, and its log.",
        )
      : ok(`${pending} events pending`),
    dead === 0
      ? ok("no dead effects")
      : warning(
          `${dead} effects are dead`,
          "tally effects list --dead, then tally effects retry; or dismiss, what nobody wants any more.",
        ),
  ];
}

/** `2 min ago` */
export function ago(now: Date, at: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1440)} days ago`;
}
