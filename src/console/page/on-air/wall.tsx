import type { Session } from "@tally/client";
import { useState } from "preact/hooks";

import { Failure } from "../parts/notice.tsx";
import { pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { lasting, shortTime } from "../times.ts";
import { useLoaded } from "../use-loaded.ts";
import { useNow } from "../use-now.ts";
import type { OverviewState } from "../use-overview.ts";

/** Minutes. */
const lengths = [15, 30, 60, 120, 360, 720, 1440];
/** Of these what fits is chosen, up to this one. */
const usual = 360;
/** More than fit on a wall; the oldest of them are left out, and that is said. */
const sessionsMost = 500;
const minute = 60_000;

/** The last hours: a row for each channel, a bar for each of its sessions. */
export function Wall({ overview }: { overview: OverviewState }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const now = useNow();
  // When one opens, closes, becomes live or is no longer, the statuses say so.
  const marks = [...overview.channels.values()]
    .map(({ sessionId, status: { live, liveAt, stoppedAt } }) => [sessionId, live, liveAt, stoppedAt].join(" "))
    .join();
  const { value, error, reload } = useLoaded(
    String(chosen ?? usual),
    (signal) => readSessions(Date.now() - (chosen ?? usual) * minute, signal),
    marks,
  );
  const length = chosen ?? fitting(value?.items ?? [], now);
  const from = now - length * minute;
  return (
    <section aria-labelledby="wall" class="wall">
      <div class="tools">
        <h2 id="wall">The last hours</h2>
        <label for="length">Show the last</label>
        <select
          id="length"
          value={String(chosen ?? "")}
          onChange={({ currentTarget: { value: text } }) => setChosen(text === "" ? null : Number(text))}
        >
          <option value="">what fits{chosen === null && ` (${lengthWords(length)})`}</option>
          {lengths.map((one) => (
            <option key={one} value={String(one)}>
              {lengthWords(one)}
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
      {value !== null && value.items.length === 0 && (
        <p class="quiet">No session was opened in the last {lengthWords(length)}.</p>
      )}
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

/** How often the picture was gone, and for how long together: from when we learnt it, which may be late. */
function wordsOf(drops: Session["drops"], now: number): string {
  if (drops.length === 0) return "";
  const ms = drops.reduce((sum, { from, to }) => sum + (to === null ? now : Date.parse(to)) - Date.parse(from), 0);
  const times = drops.length === 1 ? "once" : `${drops.length} times`;
  return `, picture gone ${times}, noticed for ${lasting(ms)}${drops.length === 1 ? "" : " together"}`;
}

const lengthWords = (minutes: number) => (minutes < 60 ? `${minutes} min` : `${minutes / 60} h`);

/** The shortest that has all sessions from their beginning: a young one is then no dot. */
function fitting(sessions: readonly Session[], now: number): number {
  if (sessions.length === 0) return usual;
  const age = now - Math.min(...sessions.map(({ openedAt }) => Date.parse(openedAt)));
  return lengths.find((length) => length === usual || length * minute >= age) ?? usual;
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
