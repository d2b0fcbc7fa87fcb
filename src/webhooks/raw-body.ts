import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** The bytes of a request as they came. */
export type RawBody = { outcome: "read"; bytes: Buffer } | UnreadBody;

/** Why there are none. */
export interface UnreadBody {
  outcome: "too_large" | "encoded" | "broken_off" | "crowded_out";
}

/** Reads bodies that nobody has vouched for yet. */
export interface BodyReader {
  /**
   * What is wrong with a body by its headers; null if nothing is. Signatures are of the bytes as sent and neither
   * provider compresses, so that an encoded one is refused and never unpacked.
   */
  refusalOf(headers: IncomingHttpHeaders): UnreadBody | null;
  /**
   * Reads a body of any content type.
   *
   * @throws if something has read it already
   */
  read(request: IncomingMessage): Promise<RawBody>;
}

export interface BodyLimits {
  /** Bytes of one body. */
  most: number;
  /** Bytes held for all bodies under way. */
  mostTogether: number;
}

const defaults: BodyLimits = { most: 1024 * 1024, mostTogether: 8 * 1024 * 1024 };

/**
 * Over TCP 1 MiB comes in some 750 pieces. Whoever sends it as a million chunks of a byte makes us work hundreds of
 * times as hard as itself.
 */
const mostPieces = 4_096;

/** Larger ones take turns: to check the signature of 1 MiB takes about a millisecond. */
const large = 64 * 1024;

const nothing: Buffer = Buffer.alloc(0);

interface Reading {
  /** Bytes of memory held. */
  held: number;
  end: (body: RawBody) => void;
}

/**
 * Makes a reader whose memory is bounded, whatever is sent on however many connections: a body is one buffer that grows
 * with what arrives (only beyond 64 kB as announced), and when all together have become too large, the largest is refused.
 * Those of providers have a few kB, so that a flood of large ones refuses its own.
 */
export function createBodyReader(changed: Partial<BodyLimits> = {}): BodyReader {
  const { most, mostTogether } = { ...defaults, ...changed };
  const underWay = new Set<Reading>();
  const inTurn = createTurns();
  let heldTogether = 0;

  function hold(reading: Reading, bytes: number): void {
    heldTogether += bytes - reading.held;
    reading.held = bytes;
    while (heldTogether > mostTogether) largest(underWay)?.end({ outcome: "crowded_out" });
  }

  return {
    refusalOf(headers) {
      const encoding = headers["content-encoding"] ?? "";
      if (encoding !== "" && encoding.toLowerCase() !== "identity") return { outcome: "encoded" };
      return Number(headers["content-length"] ?? 0) > most ? { outcome: "too_large" } : null;
    },
    read(request) {
      if (request.readableDidRead) {
        throw new Error(
          "A body parser ran before the webhook router, and signatures need the raw bytes: mount it first",
        );
      }
      return new Promise((resolve) => {
        const announced = Math.min(most, Number(request.headers["content-length"] ?? most));
        let body = nothing;
        let length = 0;
        let pieces = 0;
        const reading: Reading = {
          held: 0,
          end(result) {
            if (!underWay.delete(reading)) return;
            request.off("data", onData).off("end", onEnd).off("close", onClose);
            heldTogether -= reading.held;
            request.resume(); // what is left of it is thrown away
            resolve(result);
            body = nothing; // which may be in line for its turn still
          },
        };
        const onData = (piece: Buffer) => {
          pieces++;
          if (length + piece.length > most || pieces > mostPieces) {
            reading.end({ outcome: "too_large" });
            return;
          }
          body = pieces === 1 ? piece : append(body, length, piece, announced);
          length += piece.length;
          hold(reading, body.length);
        };
        const onEnd = () => {
          request.off("close", onClose);
          const hand = () => reading.end({ outcome: "read", bytes: body.subarray(0, length) });
          if (length > large) inTurn(hand);
          else hand();
        };
        const onClose = () => reading.end({ outcome: "broken_off" });
        underWay.add(reading);
        request.on("data", onData).on("end", onEnd).on("close", onClose);
        request.on("error", () => undefined); // that of breaking off: `close` follows
      });
    },
  };
}

/** Does one piece of work in each round of the event loop, so that what is small needn't wait for all that is large. */
function createTurns(): (work: () => void) => void {
  const waiting: (() => void)[] = [];
  function next(): void {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  }
  return (work) => {
    waiting.push(work);
    if (waiting.length === 1) setImmediate(next);
  };
}

/** @returns `body` with `piece` at `length`; a larger buffer, if it doesn't fit in */
function append(body: Buffer, length: number, piece: Buffer, announced: number): Buffer {
  const needed = length + piece.length;
  const target = needed <= body.length ? body : Buffer.allocUnsafe(needed > large ? announced : 2 * needed);
  if (target !== body) body.copy(target, 0, 0, length);
  piece.copy(target, length);
  return target;
}

function largest(readings: Iterable<Reading>): Reading | undefined {
  let found: Reading | undefined;
  for (const reading of readings) if (found === undefined || reading.held > found.held) found = reading;
  return found;
}
