import type { z } from "zod";

import type { Scope } from "../principal.ts";
import type { ProblemCode } from "../problem.ts";

/** What the document says of a route, beside what the table of routes says of it. */
export interface Operation {
  /** Generators name functions after it, so it stays. */
  operationId: string;
  tag: Tag;
  summary: string;
  description?: string;
  path?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  /** One of the components. */
  body?: z.ZodType;
  /** By HTTP status; problems are not among them. */
  answers: Readonly<Record<number, AnswerDescription>>;
  /** What it refuses with, beside what every route does. */
  problems?: readonly ProblemCode[];
}

export type Tag = "Status" | "Recording" | "Channels" | "Sessions" | "Notifications" | "Operators" | "Service";

export interface AnswerDescription {
  description: string;
  /** One of the components; without: no body. */
  schema?: z.ZodType;
  /** `application/json` if missing. */
  type?: string;
  /** What each says, by its name. */
  headers?: Readonly<Record<string, string>>;
}

const ofEveryCall: readonly ProblemCode[] = ["invalid_path", "internal_error", "unavailable"];
/** Who calls and what body came is looked at before the route is. */
const ofEveryGuardedCall: readonly ProblemCode[] = [
  "unauthenticated",
  "token_expired",
  "forbidden",
  "too_many_failures",
  "invalid_json",
  "invalid_body",
  "too_large",
  "unsupported_media_type",
];

/** All problems that a route may answer with. */
export function problemsOf({ path, query, body, problems = [] }: Operation, scope: Scope | undefined): ProblemCode[] {
  const readsInput = [path, query, body].some((schema) => schema !== undefined);
  return [
    ...(readsInput ? (["invalid_request"] as const) : []),
    ...(scope === undefined ? [] : ofEveryGuardedCall),
    ...problems,
    ...ofEveryCall,
  ];
}
