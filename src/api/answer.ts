import type { Response } from "express";

import type { Problem } from "./problem.ts";

/** An HTTP answer as a value. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** JSON; no body if missing. */
  body?: unknown;
  /** In place of a body: text, of the type that the headers say. */
  text?: string;
  /** In place of a body: writes one for as long as it likes, and ends it. Not asked for the answer to a HEAD. */
  stream?: (response: Response) => void;
}

/** Writes an answer. Nobody may keep it, unless its headers say otherwise. */
export function send(response: Response, { status, headers, body, text, stream }: Answer): void {
  response.status(status).set({ "cache-control": "no-store", "x-content-type-options": "nosniff", ...headers });
  if (stream !== undefined && response.req.method !== "HEAD") stream(response);
  else if (text !== undefined) response.end(text);
  else if (body === undefined) response.end();
  else response.json(body);
}

export function problemAnswer(problem: Problem): Answer {
  const headers = { "content-type": "application/problem+json", ...problem.headers };
  return { status: problem.status, headers, body: problem.toBody() };
}
