import { randomUUID } from "node:crypto";

import type { Request, RequestHandler, Response } from "express";

import type { Logger } from "../log.ts";

/** What the log line of a request tells, beside its answer. */
export interface RequestRecord {
  id: string;
  /** The pattern, such as `/v1/channels/{name}`: an address itself may hold a token. Null if nothing has this address. */
  route: string | null;
  /** Whose key it came with. */
  principal?: string;
  /** Of the problem that it was answered with. */
  code?: string;
  /** Why it was refused, where the caller isn't told. */
  why?: string;
  /** What broke, if it is our fault. */
  err?: unknown;
  /** Of an answer that went on: how it ended, and how many events it had. */
  stream?: { ended: string; events: number };
  /** Its span, if it is traced. */
  trace_id?: string;
  span_id?: string;
  /** A probe's, every few seconds and all alike: logged at `debug`, unless it is refused. */
  isProbe?: boolean;
}

/** Gives every request its record, an `X-Request-Id` in its answer, and one line in the log when it is over. */
export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    begin(request, response, log);
    next();
  };
}

/** The record of a request; begins one if it came by a way that has none. */
export function recordOf(request: Request, response: Response, log: Logger): RequestRecord {
  return knownRecordOf(response) ?? begin(request, response, log);
}

/** A middleware that notes something about the request. */
export function note(facts: Partial<RequestRecord>): RequestHandler {
  return (_request, response, next) => {
    noteOn(response, facts);
    next();
  };
}

export function noteOn(response: Response, facts: Partial<RequestRecord>): void {
  Object.assign(knownRecordOf(response) ?? {}, facts);
}

function knownRecordOf(response: Response): RequestRecord | undefined {
  return response.locals.record as RequestRecord | undefined;
}

function begin(request: Request, response: Response, log: Logger): RequestRecord {
  const startedAt = performance.now();
  const record: RequestRecord = { id: requestIdOf(request), route: null };
  response.locals.record = record;
  response.set("x-request-id", record.id);
  response.on("close", () => {
    const { id, isProbe = false, ...facts } = record;
    // A stream has no end of its own: whoever ends it, it was answered.
    const isAnswered = response.writableFinished || record.stream !== undefined;
    const answered = isAnswered ? { status: response.statusCode } : { status: null, aborted: true };
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    log[levelOf(response.statusCode, isProbe)](
      { requestId: id, method: request.method, ...facts, ...answered, ms },
      "http.answered",
    );
  });
  return record;
}

function levelOf(status: number, isProbe: boolean): "debug" | "info" | "error" {
  if (status >= 500) return "error";
  return isProbe && status < 400 ? "debug" : "info";
}

/** A proxy's id, if it gave one that can stand in a log: so that its line and ours are found together. */
function requestIdOf(request: Request): string {
  const given = request.get("x-request-id");
  return given !== undefined && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}
