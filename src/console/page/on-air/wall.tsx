import type { Session } from "@tally/client";
import { useState } from "preact/hooks";

import { Failure } from "../parts/notice.tsx";
import { pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { lasting, shortTime } from "../times.ts";
import { useLoaded } from "../use-loaded.ts";
import { useNow } from "../use-now.ts";
import type { OverviewState } from "../use-overview.ts";

const lengths = [2, 6, 12, 24];
/** More than fit on a wall; the oldest of them are left out, and that is said. */
const sessionsMost = 500;
const hour = 3_600_000;

/** The last hours: a row for each channel, a bar for each of its sessions. */
export function Wall({ overview }: { overview: OverviewState }) {
  const [hours, setHours] = useState(6);
  const now = useNow();
  // When one opens, closes, becomes live or is no longer, the statuses say so.
  const marks = [...overview.channels.values()]
    .map(({ sessionId, status: { live, liveAt, stoppedAt } }) => [sessionId, live, liveAt, stoppedAt].join(" "))
    .join();
  const { value, error, reload } = useLoaded(
    String(hours),
    (signal) => readSessions(Date.now() - hours * hour, signal),
    marks,
  );
  const from = now - hours * hour;
  return (
    <section aria-labelledby="wall" class="wall">
      <div class="tools">
        <h2 id="wall">The last hours</h2>
        <label for="hours">Show</label>
        <select id="hours" value={String(hours)} onChange={(event) => setHours(Number(event.currentTarget.value))}>
          {lengths.map((length) => (
            <option key={length} value={String(length)}>
              {length} h
            </option>
          ))}
        </select>
        <ul class="legend" aria-hidden="true">
          <li>
            <i class="bar starting" /> open
          </li>
          <li>
            <i class="bar live" /> live
          </li>
          <li>
            <span class="bar live">
              <i class="drop" />
            </span>{" "}
            picture gone
          </li>
          <li>
            <i class="bar never" /> ended, never live
          </li>
        </ul>
      </div>
      {error !== null && <Failure error={error} onRetry={reload} />}
      {value !== null && value.items.length === 0 && <p class="quiet">No session was opened in the last {hours} h.</p>}
      {value !== null && value.items.length > 0 && (
        <>
          <Scale from={from} to={now} />
          <ul class="rows">
            {byChannel(value.items).map(([channel, sessions]) => (
              <li key={channel}>
                <a class="name" href={pathTo.channel(channel)}>
                  {channel}
                </a>
                <ul class="track">
                  {sessions.map((session) => (
                    <Bar key={session.id} session={session} from={from} now={now} />
                  ))}
                </ul>
              </li>
            ))}
          </ul>
          {value.isMore && <p class="quiet">There were more: the newest {sessionsMost} are shown.</p>}
        </>
      )}
    </section>
  );
}

function Scale({ from, to }: { from: number; to: number }) {
  return (
    <div class="scale" aria-hidden="true">
      {[0, 0.25, 0.5, 0.75, 1].map((part) => (
        <span key={part}>{part === 1 ? "now" : shortTime(from + part * (to - from)).slice(0, -3)}</span>
      ))}
    </div>
  );
}

function Bar({ session, from, now }: { session: Session; from: number; now: number }) {
  const { id, openedAt, liveAt, closedAt, endReason, drops } = session;
  const percent = (at: number) => Math.min(100, Math.max(0, ((at - from) / (now - from)) * 100));
  const begin = percent(Date.parse(openedAt));
  const end = percent(closedAt === null ? now : Date.parse(closedAt));
  const live = liveAt === null ? end : percent(Date.parse(liveAt));
  const never = liveAt === null && closedAt !== null;
  const length = lasting((closedAt === null ? now : Date.parse(closedAt)) - Date.parse(openedAt));
  const how =
    closedAt === null ? (liveAt === null ? "not live yet" : "open") : (endReason ?? "ended").replace("_", " ");
  const words = `Session ${id}: opened ${shortTime(Date.parse(openedAt))}, ${length}, ${how}${never ? ", never live" : ""}${wordsOf(drops, now)}`;
  return (
    <li style={{ left: `min(${begin}%, 100% - 6px)`, width: `${end - begin}%` }}>
      <a href={pathTo.session(id)} aria-label={words} title={words} class={closedAt === null ? "open" : ""}>
        <i class={`bar ${never ? "never" : "starting"}`} style={{ width: `${share(live - begin, end - begin)}%` }} />
        {liveAt !== null && <i class="bar live" style={{ width: `${share(end - live, end - begin)}%` }} />}
        {drops.map(({ from: gone, to: back }) => {
          const [left, right] = [percent(Date.parse(gone)), percent(back === null ? now : Date.parse(back))];
          if (right <= begin) return null;
          const at = share(left - begin, end - begin);
          return (
            <i key={gone} class="drop" style={{ left: `${at}%`, width: `${share(right - left, end - begin)}%` }} />
          );
        })}
      </a>
    </li>
  );
}

/** How often the picture was gone, and for how long together. */
function wordsOf(drops: Session["drops"], now: number): string {
  if (drops.length === 0) return "";
  const ms = drops.reduce((sum, { from, to }) => sum + (to === null ? now : Date.parse(to)) - Date.parse(from), 0);
  const times = drops.length === 1 ? "once" : `${drops.length} times`;
  return `, picture gone ${times}, for ${lasting(ms)}${drops.length === 1 ? "" : " together"}`;
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : (part / whole) * 100);

function byChannel(sessions: readonly Session[]): [string, Session[]][] {
  const found = new Map<string, Session[]>();
  for (const session of sessions) found.set(session.channel, [...(found.get(session.channel) ?? []), session]);
  return [...found];
}

/** Those that were opened since then, and those that are open since before. */
async function readSessions(since: number, signal: AbortSignal): Promise<{ items: Session[]; isMore: boolean }> {
  const options = { signal };
  const items = new Map<string, Session>();
  const keep = (sessions: readonly Session[]) => sessions.forEach((session) => items.set(session.id, session));
  let before: string | null = null;
  do {
    const query = { since: new Date(since).toISOString(), limit: 100, ...(before === null ? {} : { before }) };
    const page: { items: Session[]; next: string | null } = await tally.listAllSessions(query, options);
    keep(page.items);
    before = page.next;
  } while (before !== null && items.size < sessionsMost);
  keep((await tally.listAllSessions({ isOpen: "true", limit: 100 }, options)).items);
  return { items: [...items.values()], isMore: before !== null };
}
