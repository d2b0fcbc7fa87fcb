import type { Response } from "express";

import type { Problem } from "./problem.ts";

/** An HTTP answer as a value. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** JSON; no body if missing. */
  body?: unknown;
}

/** Writes an answer. Nobody may keep it, unless its headers say otherwise. */
export function send(response: Response, { status, headers, body }: Answer): void {
  response.status(status).set({ "cache-control": "no-store", "x-content-type-options": "nosniff", ...headers });
  if (body === undefined) response.end();
  else response.json(body);
}

export function problemAnswer(problem: Problem): Answer {
  const headers = { "content-type": "application/problem+json", ...problem.headers };
  return { status: problem.status, headers, body: problem.toBody() };
}
