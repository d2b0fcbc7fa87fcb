import { z } from "zod";

import type { Access } from "../authorize.ts";
import { Problem, type ProblemCode, problemCodes } from "../problem.ts";
import { problemAnswer } from "../schemas.ts";
import { describeComponents, type JsonSchema, refTo } from "./components.ts";
import { type AnswerDescription, type Operation, problemsOf, type Tag } from "./operation.ts";
import { operations } from "./operations.ts";
import { problemMeanings } from "./problem-meanings.ts";

/** A route as the document needs it. */
export interface DescribedRoute extends Partial<Access> {
  method: string;
  /** From the root, as OpenAPI writes it. */
  path: string;
}

const tags: Readonly<Record<Tag, string>> = {
  Status: "Am I live, and if not, why not.",
  Recording: "Start and stop by hand.",
  Channels: "Which channels there are, and how they are registered.",
  Sessions: "What was broadcast.",
  Notifications: "Which addresses of the app are told, and how that goes.",
  Operators: "What happened and why, and how it is repaired.",
  Service: "For whoever keeps the service running.",
};

/**
 * The OpenAPI 3.1 document of these routes, from the schemas that validate.
 *
 * @param publicUrl - where the service is reached
 * @throws if a route isn't described
 */
export function createDocument(routes: readonly DescribedRoute[], publicUrl: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, ...access } of routes) {
    const operation = operations[`${method} ${path}`];
    if (operation === undefined) throw new Error(`${method} ${path} isn't described: add it to openapi/operations.ts`);
    (paths[path] ??= {})[method] = describeOperation(operation, access);
  }
  return {
    openapi: "3.1.1",
    info: { title: "Tally", version: "1", description: describeApi() },
    servers: [{ url: publicUrl }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: describeComponents(),
      headers: describeHeaders(sharedHeaders),
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "A key or a token: `Authorization: Bearer …`." },
        token: {
          type: "apiKey",
          in: "query",
          name: "token",
          description: "A token, for browsers, whose EventSource sends no headers. A key is not taken here.",
        },
      },
    },
  };
}

function describeOperation(operation: Operation, access: Partial<Access>): JsonSchema {
  const { operationId, tag, summary, description, path, query, headers, body, answers } = operation;
  const { scope, acceptsToken } = access;
  const needs = describeAccess(access);
  return {
    operationId,
    tags: [tag],
    summary,
    description: description === undefined ? needs : `${description}\n\n${needs}`,
    security: scope === undefined ? [] : [{ key: [] }, ...(acceptsToken ? [{ token: [] }] : [])],
    parameters: [...parametersIn("path", path), ...parametersIn("query", query), ...parametersIn("header", headers)],
    ...(body === undefined ? {} : { requestBody: { content: { "application/json": { schema: refTo(body) } } } }),
    responses: { ...describeProblems(problemsOf(operation, scope)), ...describeAnswers(answers) },
  };
}

function describeAccess({ scope, keysOnly }: Partial<Access>): string {
  if (scope === undefined) return "Anybody may ask.";
  return `Needs the scope \`${scope}\`${keysOnly ? ", and a key" : ""}.`;
}

function parametersIn(place: "path" | "query" | "header", schema: z.ZodObject | undefined): JsonSchema[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as JsonSchema;
    return { name, in: place, required: required.includes(name), description, schema: rest };
  });
}

function describeAnswers(answers: Operation["answers"]): JsonSchema {
  return Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)]));
}

function describeAnswer({
  description,
  schema,
  type = "application/json",
  headers = {},
}: AnswerDescription): JsonSchema {
  return {
    description,
    headers: { ...refsTo("X-Request-Id"), ...describeHeaders(headers) },
    ...(schema === undefined ? {} : { content: { [type]: { schema: refTo(schema) } } }),
  };
}

function describeHeaders(headers: Readonly<Record<string, string>>): JsonSchema {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
  );
}

/** Problems share an HTTP status: each is an example of it, by its code. */
function describeProblems(codes: readonly ProblemCode[]): JsonSchema {
  return Object.fromEntries(
    codes.map((code) => [statusOf(code), describeStatus(codes.filter((other) => statusOf(other) === statusOf(code)))]),
  );
}

function describeStatus(codes: readonly ProblemCode[]): JsonSchema {
  return {
    description: codes.map((code) => `\`${code}\`: ${problemMeanings[code]}`).join("\n\n"),
    headers: refsTo("X-Request-Id", ...(codes.some((code) => isForNow(code)) ? (["Retry-After"] as const) : [])),
    content: {
      "application/problem+json": {
        schema: refTo(problemAnswer),
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  };
}

/** What every answer has, and what those have that may be otherwise later. */
const sharedHeaders = {
  "X-Request-Id": "The request's id in the service's log: that which was sent with it, or one of ours.",
  "Retry-After": "After how many seconds to try again.",
};

function refsTo(...names: (keyof typeof sharedHeaders)[]): JsonSchema {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Whether the same request may do later what it couldn't now. */
function isForNow(code: ProblemCode): boolean {
  return [429, 503].includes(statusOf(code));
}

function exampleOf(code: ProblemCode): JsonSchema {
  return new Problem(code, problemMeanings[code]).toBody();
}

function statusOf(code: ProblemCode): number {
  return new Problem(code, "").status;
}

function describeApi(): string {
  const rows = problemCodes.map((code) => `| \`${code}\` | ${statusOf(code)} | ${problemMeanings[code]} |`);
  return [
    "The on-air light of a live-selling platform.",
    "Errors are `application/problem+json` with a stable `code`; answers may get more members, so overlook unknown ones.",
    ["| code | status | meaning |", "| --- | --- | --- |", ...rows].join("\n"),
    "What breaks the limits of the server itself is answered before the API sees it, and its connection closed: 408 if a " +
      "request takes longer than 10 s for its headers or 30 s in all, 431 if it has more than 16 KiB or 100 of them, 413 if " +
      "the chunks of its body carry too much beside it, 400 if it is no HTTP. These have no `X-Request-Id` and no body, but " +
      "for the 431 of too many headers: a problem with the code `too_many_headers`.",
  ].join("\n\n");
}
