import type { Request, RequestHandler, Response } from "express";

import { maskSecrets } from "../mask.ts";
import { type Answer, Refused } from "../refused.ts";
import type { Faults, Operation, SandboxRecord, Timers } from "../world/index.ts";

/** A request as handlers see it. */
export interface Call {
  path: string;
  params: Record<string, string>;
  query: Record<string, unknown>;
  headers: Request["headers"];
  /** The body as it came; empty if there was none. */
  text: string;
}

/** What a call needs of the world around it. */
interface OperationContext {
  record: SandboxRecord;
  faults: Faults;
  timers: Timers;
}

export type Handler<World> = (world: World, call: Call) => Answer | Promise<Answer>;

/**
 * One imitated call: recorded, guarded, subjected to the faults planned for it, carried out.
 *
 * @param name - in the record and in planned faults
 * @param world - the world at the time of the call; a reset replaces it
 * @param guard - what a gateway does before the call proper (credentials, rate); throws `Refused`
 * @param handle - the call proper
 */
export function operation<World extends OperationContext>(
  name: Operation,
  world: () => World,
  guard: (world: World, call: Call) => void,
  handle: Handler<World>,
): RequestHandler {
  return async (request, response) => {
    const now = world();
    const call = toCall(request);
    const entry = now.record.addCall({
      operation: name,
      method: request.method,
      path: request.originalUrl,
      at: Date.now(),
      ms: null,
      status: null,
      request: maskSecrets(readable(call.text)),
      response: null,
      planned: false,
    });

    /** An answer, or how the call ends without one. */
    async function carryOut(): Promise<Answer | "hung" | "dropped"> {
      guard(now, call);
      const fault = now.faults.takeForCall(name);
      if (!fault) return handle(now, call);
      entry.planned = true;
      if (fault.delayMs > 0) await now.timers.pauseExactly(fault.delayMs);
      const { answer } = fault;
      if (answer === "hang") return "hung";
      if (answer === "drop") return "dropped";
      if (typeof answer === "object" && !answer.after) return answer;
      const real = await refusable(() => handle(now, call));
      return answer === "dropAfter" ? "dropped" : (answer ?? real);
    }

    const end = await refusable(carryOut);
    entry.ms = Date.now() - entry.at;
    entry.status = typeof end === "string" ? end : end.status;
    entry.response = typeof end === "string" ? null : maskSecrets(end.body);
    now.record.changed();
    if (end === "dropped") request.socket.destroy();
    else if (end !== "hung") write(response, end);
  };
}

/**
 * An imitated call that is asked for so often that the record would be full of it, and that no fault is planned for.
 * The parameters are those of `operation`.
 */
export function reply<World>(
  world: () => World,
  guard: (world: World, call: Call) => void,
  handle: Handler<World>,
): RequestHandler {
  return async (request, response) => {
    const now = world();
    const call = toCall(request);
    const answer = await refusable(() => {
      guard(now, call);
      return handle(now, call);
    });
    write(response, answer);
  };
}

/**
 * Sends an answer; one without a body is sent without one. Bytes, and text whose headers say what it is, go as they are;
 * all else is JSON.
 */
export function write(response: Response, { status, body, headers = {} }: Answer): void {
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else if (Buffer.isBuffer(body) || (typeof body === "string" && response.hasHeader("content-type"))) {
    response.end(body);
  } else response.json(body);
}

/** What `act` gives, or the answer of its refusal. */
async function refusable<T>(act: () => T | Promise<T>): Promise<T | Answer> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

export function toCall(request: Request): Call {
  const text: unknown = request.body;
  return {
    path: request.path,
    params: Object.fromEntries(Object.entries(request.params).map(([key, value]) => [key, String(value)])),
    query: request.query,
    headers: request.headers,
    text: typeof text === "string" ? text : "",
  };
}

function readable(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return "[not JSON]";
  }
}
