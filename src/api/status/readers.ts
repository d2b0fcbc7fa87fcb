import { randomInt } from "node:crypto";

import type { Response } from "express";

import { createCoalescer } from "../../coalesce.ts";
import type { Principal } from "../principal.ts";
import { Problem } from "../problem.ts";
import { noteOn } from "../request-log.ts";

/** Limits of streams. Times are milliseconds. */
export interface ReaderLimits {
  /** Streams at a time, in this process. */
  most: number;
  /** Without a status for so long, a comment is sent: proxies end what is silent, often after 60 s. */
  heartbeatMs: number;
  /** A stream is ended after so long, whoever reads it: when it is asked for again, the key is looked at again. */
  lifetimeMs: number;
  /** A reader whose connection takes nothing for so long is cut off. */
  stalledMs: number;
  /** How often the streams are looked at: they end this much later at most. */
  checkMs: number;
  /** How often it is asked whether the keys that opened them are revoked. */
  revokedMs: number;
}

const defaults: ReaderLimits = {
  most: 10_000,
  heartbeatMs: 15_000,
  lifetimeMs: 3_600_000,
  stalledMs: 30_000,
  checkMs: 1_000,
  revokedMs: 5_000,
};

/** Why a stream ended. */
export type StreamEnd =
  "client" | "expired" | "revoked" | "lifetime" | "stalled" | "shutdown" | "channel_gone" | "failed";

/** Everybody who reads a stream of events from this process. */
export interface Readers {
  /** @throws {Problem} `too_many_streams` if there is no place */
  assertPlace: () => void;
  /**
   * Gives a stream a place, and begins it.
   *
   * @param response - whose headers are set and not sent
   * @param showed - what the caller showed: the stream ends with it
   * @throws {Problem} `too_many_streams` if there is no place
   */
  admit: (response: Response, showed: Showed) => Reader;
  /**
   * Gives a place to a stream that somebody else writes, such as a subscription of tRPC.
   *
   * @param response - that it is written to
   * @throws {Problem} `too_many_streams` if there is no place
   */
  reserve: (response: Response, showed: Showed) => Place;
  /** Ends all streams, and each that is still to come: their clients connect again, to another process. */
  close: () => void;
}

export type Showed = Pick<Principal, "expiresAt" | "keyId">;

export interface Place {
  /** Aborted when the stream must end; the reason is a `StreamEnd`. */
  signal: AbortSignal;
  /** To be called for each event that is sent. */
  sent: () => void;
  /** To be called when the stream is over. */
  leave: () => void;
}

export interface Reader {
  /** Aborted when the stream has ended. */
  signal: AbortSignal;
  /** Sends one event; resolves when the connection has taken it, or with the stream's end. One at a time. */
  send: (event: Buffer) => Promise<void>;
  end: (why: StreamEnd) => void;
}

/**
 * @param options.findRevoked - which of these keys are revoked; while it can't say so, their streams stay
 * @param options.onCount - called with the number of streams whenever it changes
 * @param options.now - our clock, ms
 */
export function createReaders(
  options: Partial<ReaderLimits> & {
    findRevoked?: (keyIds: readonly number[]) => Promise<readonly number[]>;
    onCount?: (count: number) => void;
    now?: () => number;
  } = {},
): Readers {
  const { findRevoked = () => Promise.resolve([]), onCount = () => undefined, now = Date.now, ...changed } = options;
  const limits = { ...defaults, ...changed };
  /** With the key that opened it. */
  const streams = new Map<Kept, number | undefined>();
  let unaskedMs = 0;
  const revocations = createCoalescer(endRevoked, 1);
  let checking: NodeJS.Timeout | undefined;
  let isClosed = false;

  function assertPlace(): void {
    if (streams.size < limits.most) return;
    throw new Problem("too_many_streams", "This process serves as many streams as it may: try again in a moment.", {
      headers: { "retry-after": "10" },
    });
  }

  /** One timer for all: of its own, each would need several. */
  function count(): void {
    if (streams.size === 0) clearInterval(checking);
    else if (streams.size === 1) {
      clearInterval(checking);
      checking = setInterval(checkAll, limits.checkMs);
    }
    onCount(streams.size);
  }

  function checkAll(): void {
    for (const stream of streams.keys()) stream.check(now(), limits);
    unaskedMs += limits.checkMs;
    if (unaskedMs < limits.revokedMs) return;
    unaskedMs = 0;
    void revocations.request("all");
  }

  /** One statement for all; a database that is away leaves the streams as they are. */
  async function endRevoked(): Promise<void> {
    const keyIds = [...new Set(streams.values())].filter((id) => id !== undefined);
    if (keyIds.length === 0) return;
    const revoked = new Set<number | undefined>(await findRevoked(keyIds).catch(() => []));
    for (const [stream, keyId] of streams) if (keyId !== undefined && revoked.has(keyId)) stream.end("revoked");
  }

  function keep<T extends Kept>(stream: T, { keyId }: Showed): T {
    streams.set(stream, keyId);
    count();
    stream.signal.addEventListener("abort", () => {
      streams.delete(stream);
      count();
    });
    if (isClosed) stream.end("shutdown");
    return stream;
  }

  return {
    assertPlace,
    admit(response, showed) {
      assertPlace();
      const { expiresAt } = showed;
      return keep(createStream(response, { expiresAt, tooOldAt: now() + limits.lifetimeMs }), showed);
    },
    reserve(response, showed) {
      assertPlace();
      const { expiresAt } = showed;
      return keep(createPlace(response, { expiresAt, tooOldAt: now() + limits.lifetimeMs }), showed);
    },
    close() {
      isClosed = true;
      for (const stream of streams.keys()) stream.end("shutdown");
    },
  };
}

interface Kept {
  signal: AbortSignal;
  end: (why: StreamEnd) => void;
  /** Looks whether it should end, or needs a sign of life. */
  check: (now: number, limits: ReaderLimits) => void;
}

interface Ends {
  expiresAt: number | null;
  tooOldAt: number;
}

function endOf({ expiresAt, tooOldAt }: Ends, now: number): StreamEnd | null {
  if (expiresAt !== null && now >= expiresAt) return "expired";
  return now >= tooOldAt ? "lifetime" : null;
}

function createPlace(response: Response, ends: Ends): Kept & Place {
  const record: { ended: StreamEnd; events: number } = { ended: "client", events: 0 };
  noteOn(response, { stream: record });
  const over = new AbortController();
  let stalledMs = 0;

  function end(why: StreamEnd): void {
    if (over.signal.aborted) return;
    record.ended = why;
    over.abort(why);
    if (why === "stalled") cutOff(response);
  }

  return {
    signal: over.signal,
    end,
    sent: () => {
      record.events++;
    },
    leave: () => end("client"),
    check(now, { checkMs, stalledMs: stalledMost }) {
      stalledMs = response.writableLength > 0 ? stalledMs + checkMs : 0;
      const why = endOf(ends, now) ?? (stalledMs >= stalledMost ? "stalled" : null);
      if (why !== null) end(why);
    },
  };
}

function createStream(response: Response, ends: Ends): Kept & Reader {
  // The line in the log is written when the connection closes, before anything here hears of it.
  const record: { ended: StreamEnd; events: number } = { ended: "client", events: 0 };
  noteOn(response, { stream: record });
  const over = new AbortController();
  /** Writes that the connection has not taken yet: an event, a comment, or one of each. */
  let waiting = 0;
  let silentMs = 0;
  let stalledMs = 0;
  let onSent: () => void = () => undefined;

  function write(bytes: Buffer): void {
    waiting++;
    silentMs = 0;
    response.write(bytes, () => {
      waiting--;
      stalledMs = 0;
      if (waiting === 0) onSent();
    });
  }

  function end(why: StreamEnd): void {
    if (over.signal.aborted) return;
    record.ended = why;
    // What the connection hasn't taken by now would keep it open.
    if (waiting === 0) response.end();
    else if (why === "stalled") cutOff(response);
    else response.destroy();
    over.abort();
    onSent();
  }

  response.once("close", () => end("client"));
  write(retry());
  return {
    signal: over.signal,
    end,
    send(event) {
      if (over.signal.aborted) return Promise.resolve();
      record.events++;
      write(event);
      return new Promise((resolve) => (onSent = resolve));
    },
    check(now, { checkMs, heartbeatMs, stalledMs: stalledMost }) {
      if (waiting > 0) stalledMs += checkMs;
      else silentMs += checkMs;
      const why = endOf(ends, now);
      if (why !== null) end(why);
      else if (stalledMs >= stalledMost) end("stalled");
      else if (waiting === 0 && silentMs >= heartbeatMs) write(heartbeat);
    },
  };
}

/** With a reset: else the kernel keeps what it took and nobody reads, up to 4 MB each, for as long as it likes. */
function cutOff(response: Response): void {
  response.socket?.resetAndDestroy();
  response.destroy();
}

/** After how long a client connects again: not all in the same moment after a deploy. */
function retry(): Buffer {
  return Buffer.from(`retry: ${randomInt(1_000, 5_000)}\n\n`);
}

const heartbeat = Buffer.from(":\n\n");
