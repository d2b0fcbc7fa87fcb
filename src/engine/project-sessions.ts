import {
  type ChannelState,
  countingOf,
  type LiveEvent,
  type Meter,
  type RecorderEnded,
  type RecorderSeen,
  runs,
  type Session,
} from "../live/index.ts";
import { projectVideos } from "./project-videos.ts";
import type { Drop, SessionRow, Sessions } from "./sessions.ts";

export interface Step {
  /** When the event was received, ms. */
  at: number;
  event: LiveEvent;
  after: ChannelState;
}

/**
 * Writes into `sessions` what an event changes in them. To be called for every folded event in turn, so that a rebuild
 * makes the same rows.
 */
export function projectSessions(sessions: Sessions, { at, event, after }: Step): void {
  const { session, recorders } = after;
  if (session !== null) {
    const known = sessions.get(session.number);
    const row = withSession(known, session, at);
    // A checkup may have told of the picture, or a notification that came too late to change anything else.
    const ingestConnectedAt = after.videos?.[session.number]?.since ?? row.ingestConnectedAt;
    sessions.put(withMeter({ ...row, ingestConnectedAt }, session.meter, after));
  }
  const running = new Set(Object.values(recorders).flatMap((recorder) => (runs(recorder) ? recorder.session : [])));
  for (const [number, meter] of Object.entries(after.meters ?? {})) {
    const row = sessions.get(Number(number));
    if (row !== undefined && counts(row, meter, running)) sessions.put(withMeter(row, meter, after));
  }
  for (const recorder of Object.values(recorders)) {
    const row = sessions.get(recorder.session);
    const sid = recorder.recordingSid;
    if (row === undefined || sid === null || row.recordingSids.includes(sid)) continue;
    sessions.put({ ...row, recordingSids: [...row.recordingSids, sid] });
  }
  const changed = changedBy(event, after, sessions);
  if (changed !== null) sessions.put(changed);
  projectVideos(sessions, event, at);
}

/** Whether anything of it is still counted. Twenty earlier sessions may be remembered, and this is done for every event. */
function counts(row: SessionRow, meter: Meter, running: ReadonlySet<number>): boolean {
  const { withHostMs, withoutHostMs, mediaPushMs = 0 } = meter;
  const isSame =
    row.withHostMs === withHostMs && row.withoutHostMs === withoutHostMs && row.mediaPushMs === mediaPushMs;
  return !isSame || row.counting !== null || running.has(row.number);
}

function withMeter<Row extends { number: number }>(row: Row, meter: Meter, after: ChannelState) {
  const { withHostMs, withoutHostMs, mediaPushMs = 0 } = meter;
  return { ...row, withHostMs, withoutHostMs, mediaPushMs, counting: countingOf(after, row.number, meter.at) };
}

function withSession(
  known: SessionRow | undefined,
  session: Session,
  at: number,
): Omit<SessionRow, "withHostMs" | "withoutHostMs" | "mediaPushMs" | "counting"> {
  const row = known ?? { recordingSids: [], files: [], upload: null, ingestConnectedAt: null, videos: [], drops: [] };
  return {
    ...row,
    number: session.number,
    cause: session.cause,
    openedAt: session.openedAt,
    liveAt: session.liveAt,
    closedAt: session.closedAt,
    endReason: session.ending?.reason ?? null,
    resolution: session.resolution ?? "HD",
    drops: dropsAfter(row.drops, session, at),
  };
}

/** Of a picture that comes and goes all evening the newest are kept. */
const dropsMost = 100;

function dropsAfter(drops: Drop[], { lostAt }: Session, at: number): Drop[] {
  const last = drops.at(-1);
  if (last?.to === null) return lostAt === undefined ? [...drops.slice(0, -1), { ...last, to: at }] : drops;
  return lostAt === undefined ? drops : [...drops, { from: lostAt, to: null }].slice(-dropsMost);
}

function changedBy(event: LiveEvent, after: ChannelState, sessions: Sessions): SessionRow | null {
  switch (event.type) {
    case "IngestConnected": {
      const row = sessions.get(after.session?.number ?? 0);
      if (row === undefined || row.closedAt !== null || row.ingestConnectedAt !== null) return null;
      return event.liveInput === after.liveInput.uid ? { ...row, ingestConnectedAt: event.updatedAt } : null;
    }
    case "RecorderEnded":
    case "RecorderSeen": {
      const row = sessions.ofRecording(event.recordingSid);
      if (row === undefined) return null;
      return { ...row, files: [...new Set([...row.files, ...event.files])], upload: uploadAfter(row, event) };
    }
    default:
      return null;
  }
}

/** Once a file of the session is in Agora's backup, another recording's good word doesn't bring it into the storage. */
function uploadAfter({ upload }: SessionRow, event: RecorderEnded | RecorderSeen): SessionRow["upload"] {
  if (event.type !== "RecorderEnded" || event.cause !== "uploaded") return upload;
  return event.backup === true || upload === "backup" ? "backup" : "storage";
}
