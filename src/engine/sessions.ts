import type { Counting, EndReason, Resolution, Session, SessionVideo } from "../live/index.ts";

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

export interface Drop {
  from: number;
  to: number | null;
}

interface Begun {
  at: string;
  number: number;
}

/** A channel's sessions. Finds one of fifty thousand as quickly as one of two, by whatever events name it with. */
export class Sessions {
  readonly #rows = new Map<number, SessionRow>();
  readonly #byVideo = new Map<string, number>();
  readonly #byRecording = new Map<string, number>();
  /** Those whose picture arrived, in the order in which it began to. */
  readonly #begun: Begun[] = [];
  #newest: SessionRow | null = null;

  constructor(rows: Iterable<SessionRow> = []) {
    for (const row of rows) this.put(row);
  }

  get(number: number): SessionRow | undefined {
    return this.#rows.get(number);
  }

  /** In the order in which they were put in first. */
  all(): SessionRow[] {
    return [...this.#rows.values()];
  }

  /** Adds a session, or replaces what was known of it. */
  put(row: SessionRow): void {
    const { number, videos, recordingSids, ingestConnectedAt } = row;
    const known = this.#rows.get(number);
    this.#rows.set(number, row);
    if (this.#newest === null || number >= this.#newest.number) this.#newest = row;
    if (videos !== known?.videos) for (const { video } of videos) setFirst(this.#byVideo, video, number);
    if (recordingSids !== known?.recordingSids) {
      for (const sid of recordingSids) setFirst(this.#byRecording, sid, number);
    }
    if (ingestConnectedAt !== (known?.ingestConnectedAt ?? null)) {
      this.#move(number, known?.ingestConnectedAt ?? null, ingestConnectedAt);
    }
  }

  ofVideo(video: string): SessionRow | undefined {
    return this.get(this.#byVideo.get(video) ?? 0);
  }

  ofRecording(sid: string): SessionRow | undefined {
    return this.get(this.#byRecording.get(sid) ?? 0);
  }

  /** The one with the greatest number; null if there is none. */
  get newest(): SessionRow | null {
    return this.#newest;
  }

  /** The last whose picture had begun to arrive by then; null: the last of all. */
  lastBegunBy(until: string | null): SessionRow | undefined {
    const count = until === null ? this.#begun.length : this.#placeOf({ at: until, number: Infinity });
    return this.get(this.#begun[count - 1]?.number ?? 0);
  }

  #move(number: number, from: string | null, to: string | null): void {
    if (from !== null) this.#begun.splice(this.#placeOf({ at: from, number }), 1);
    if (to !== null) this.#begun.splice(this.#placeOf({ at: to, number }), 0, { at: to, number });
  }

  /** How many come before it. */
  #placeOf(begun: Begun): number {
    let [low, high] = [0, this.#begun.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#begun[middle], begun)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(one: Begun | undefined, other: Begun): boolean {
  return one !== undefined && (one.at < other.at || (one.at === other.at && one.number < other.number));
}

function setFirst(map: Map<string, number>, key: string, number: number): void {
  if (!map.has(key)) map.set(key, number);
}
