import express, { type Request, type RequestHandler, type Response } from "express";

const limitBytes = 1024 * 1024;

/** The bytes of a request as they came. */
export type RawBody = { outcome: "read"; bytes: Buffer } | UnreadBody;

/** Why there are none. */
export interface UnreadBody {
  outcome: "too_large" | "encoded" | "broken_off";
}

// No inflating: signatures are of the bytes as sent, and neither provider compresses.
const readRaw: RequestHandler = express.raw({ type: () => true, limit: limitBytes, inflate: false });

/**
 * Reads a request's body, of any content type and up to 1 MiB.
 *
 * @throws if something has read the body already
 */
export async function readRawBody(request: Request, response: Response): Promise<RawBody> {
  const error = await new Promise<unknown>((resolve) => readRaw(request, response, resolve));
  if (error !== undefined) return { outcome: causeOf(error) };
  const body: unknown = request.body;
  if (body === undefined) return { outcome: "read", bytes: Buffer.alloc(0) };
  if (Buffer.isBuffer(body)) return { outcome: "read", bytes: body };
  throw new Error("A body parser ran before the webhook router, and signatures need the raw bytes: mount it first");
}

/** By the `type` of body-parser's errors; another one is a fault of ours, such as a stream that was read already. */
function causeOf(error: unknown): UnreadBody["outcome"] {
  switch (error instanceof Error && "type" in error && error.type) {
    case "entity.too.large":
      return "too_large";
    case "encoding.unsupported":
      return "encoded";
    case "request.aborted":
    case "request.size.invalid":
      return "broken_off";
    default:
      throw error;
  }
}
