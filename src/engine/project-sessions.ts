import {
  type ChannelState,
  type Counting,
  countingOf,
  type EndReason,
  type LiveEvent,
  type Meter,
  type RecorderEnded,
  type RecorderSeen,
  type Resolution,
  runs,
  type Session,
  type SessionVideo,
} from "../live/index.ts";
import { projectVideos } from "./project-videos.ts";

/** A row of `sessions`, times in our clock's milliseconds. */
export interface SessionRow {
  number: number;
  cause: Session["cause"];
  openedAt: number;
  liveAt: number | null;
  closedAt: number | null;
  endReason: EndReason | null;
  recordingSids: string[];
  files: string[];
  /** Where they are: all in the storage, or some in Agora's backup; null as long as nobody has said. */
  upload: "storage" | "backup" | null;
  /** Cloudflare's clock, its first word of this session that the picture arrives. */
  ingestConnectedAt: string | null;
  /** The oldest first. */
  videos: SessionVideo[];
  /** Time that recorders ran with a host, and without one. */
  withHostMs: number;
  withoutHostMs: number;
  /** What of both was Media Push. */
  mediaPushMs: number;
  resolution: Resolution;
  /** What goes on being counted; null while no recorder of it runs. */
  counting: Counting | null;
  /** When it was no longer live though its host was there, the oldest first. `to` null: it is so now. */
  drops: Drop[];
}

interface Drop {
  from: number;
  to: number | null;
}

export interface Step {
  /** When the event was received, ms. */
  at: number;
  event: LiveEvent;
  after: ChannelState;
}

/** A channel's sessions by number. */
export type Sessions = Map<number, SessionRow>;

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
    sessions.set(session.number, withMeter({ ...row, ingestConnectedAt }, session.meter, after));
  }
  const running = new Set(Object.values(recorders).flatMap((recorder) => (runs(recorder) ? recorder.session : [])));
  for (const [number, meter] of Object.entries(after.meters ?? {})) {
    const row = sessions.get(Number(number));
    if (row !== undefined && counts(row, meter, running)) sessions.set(row.number, withMeter(row, meter, after));
  }
  for (const recorder of Object.values(recorders)) {
    const row = sessions.get(recorder.session);
    const sid = recorder.recordingSid;
    if (row === undefined || sid === null || row.recordingSids.includes(sid)) continue;
    sessions.set(row.number, { ...row, recordingSids: [...row.recordingSids, sid] });
  }
  const changed = changedBy(event, after, sessions);
  if (changed !== null) sessions.set(changed.number, changed);
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
      const row = sessionOfRecording(event.recordingSid, after, sessions);
      if (row === undefined) return null;
      return { ...row, files: [...new Set([...row.files, ...event.files])], upload: uploadAfter(row, event) };
    }
    default:
      return null;
  }
}

/** The recorders that are remembered tell it; only for what is older all sessions are looked through. */
function sessionOfRecording(sid: string, { recorders }: ChannelState, sessions: Sessions): SessionRow | undefined {
  const remembered = Object.values(recorders).find(({ recordingSid }) => recordingSid === sid);
  const row = sessions.get(remembered?.session ?? 0);
  if (row?.recordingSids.includes(sid) === true) return row;
  return [...sessions.values()].find(({ recordingSids }) => recordingSids.includes(sid));
}

/** Once a file of the session is in Agora's backup, another recording's good word doesn't bring it into the storage. */
function uploadAfter({ upload }: SessionRow, event: RecorderEnded | RecorderSeen): SessionRow["upload"] {
  if (event.type !== "RecorderEnded" || event.cause !== "uploaded") return upload;
  return event.backup === true || upload === "backup" ? "backup" : "storage";
}
