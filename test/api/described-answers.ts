import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

import { createDocument } from "../../src/api/openapi/document.ts";
import { describedRoutes } from "../../src/api/openapi/router.ts";

interface OperationObject {
  responses: Record<
    string,
    { headers?: object; content?: Record<string, { schema: { $ref: string }; examples?: Record<string, unknown> }> }
  >;
}

interface Answer {
  status: number;
  headers: ServerResponse["getHeader"];
  text: string;
  /** Of a HEAD, or of a stream that nobody followed to its end. */
  hasNoBody: boolean;
}

const document = createDocument(describedRoutes, "http://127.0.0.1");
const { paths } = document as { paths: Record<string, Record<string, OperationObject>> };
const ajv = new Ajv2020({ allErrors: true, strict: true, keywords: ["openapi"] });
formats.default(ajv);
ajv.addSchema(closed({ $id: "openapi", openapi: true, $defs: document.components }) as object);

/**
 * Holds what a listener answers against /openapi.json: status, type, headers, body, and a problem's code. A member that
 * isn't described is wrong too, though the description leaves apps to overlook it.
 *
 * @returns the listener to listen with, and what isn't as described, in words, as it happens
 */
export function checkAnswers(listener: RequestListener): { listener: RequestListener; wrong: string[] } {
  const wrong: string[] = [];
  return {
    wrong,
    listener(request, response) {
      const { method = "", url = "" } = request;
      const text = recordText(response);
      response.once("close", () => {
        const isStream = String(response.getHeader("content-type")).startsWith("text/event-stream");
        // Broken off: the client was gone before it was answered.
        if (!response.writableFinished && !(isStream && response.headersSent)) return;
        const answer = {
          status: response.statusCode,
          headers: (name: string) => response.getHeader(name),
          text: text(),
          hasNoBody: method === "HEAD",
        };
        for (const what of wrongWith(request, answer)) wrong.push(`${method} ${url}: ${answer.status} ${what}`);
      });
      listener(request, response);
    },
  };

  function wrongWith({ method = "", url = "" }: IncomingMessage, answer: Answer): string[] {
    const path = url.split("?")[0] ?? "";
    const operation = operationOf(method, path);
    if (operation !== undefined) return wrongWithAnswer(operation, answer);
    // What isn't there is refused; a preflight is not the API's.
    return path.startsWith("/v1/") && method !== "OPTIONS" ? wrongWithProblem(answer) : [];
  }
}

/** Routes overlook a path's case and a slash at its end. */
function operationOf(method: string, path: string): OperationObject | undefined {
  const methods = Object.entries(paths).find(([template]) =>
    new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}/?$`, "i").test(path),
  )?.[1];
  return methods?.[method === "HEAD" ? "get" : method.toLowerCase()];
}

function wrongWithAnswer({ responses }: OperationObject, answer: Answer): string[] {
  const described = responses[answer.status];
  if (described === undefined) return ["is no status of its description"];
  const missing = Object.keys(described.headers ?? {}).filter((name) => answer.headers(name) === undefined);
  const withoutHeaders = missing.map((name) => `has no ${name}`);
  if (answer.hasNoBody) return withoutHeaders;
  if (described.content === undefined) {
    return answer.text === "" ? withoutHeaders : [...withoutHeaders, "has a body, and is described without one"];
  }
  const type = typeOf(answer);
  const content = described.content[type];
  if (content === undefined) {
    return [`is of the type "${type}", and described as ${Object.keys(described.content).join()}`];
  }
  const { schema, examples } = content;
  if (type === "application/problem+json") {
    return [...withoutHeaders, ...wrongWithProblem(answer, Object.keys(examples ?? {}))];
  }
  const bodies = type === "text/event-stream" ? dataOf(answer.text) : [answer.text];
  return [...withoutHeaders, ...bodies.flatMap((body) => wrongWithBody(schema.$ref, body, type))];
}

/** @param codes - those of its operation; any if missing */
function wrongWithProblem(answer: Answer, codes?: readonly string[]): string[] {
  if (typeOf(answer) !== "application/problem+json") return ["is no problem document"];
  if (answer.hasNoBody) return [];
  const wrong = wrongWithBody("#/components/schemas/Problem", answer.text);
  if (wrong.length > 0 || codes === undefined) return wrong;
  const { code } = JSON.parse(answer.text) as { code: string };
  return codes.includes(code) ? [] : [`${code} is no problem of its description`];
}

function wrongWithBody(ref: string, text: string, type = "application/json"): string[] {
  const validate = ajv.getSchema(ref.replace("#/components/", "openapi#/$defs/"));
  if (validate === undefined) throw new Error(`/openapi.json has no ${ref}`);
  if (validate(type === "text/plain" ? text : parsed(text)) === true) return [];
  return [`doesn't fit ${ref}: ${ajv.errorsText(validate.errors)}: ${text.slice(0, 500)}`];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function typeOf({ headers }: Answer): string {
  return String(headers("content-type") ?? "").split(";")[0] ?? "";
}

/** The data of each event of a stream. */
function dataOf(text: string): string[] {
  return [...new Set([...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => data))];
}

/** Remembers what is written. */
function recordText(response: ServerResponse): () => string {
  const chunks: Buffer[] = [];
  for (const name of ["write", "end"] as const) {
    const original = response[name].bind(response) as (...args: unknown[]) => never;
    response[name] = (...args: unknown[]) => {
      const [chunk, encoding] = args;
      if (typeof chunk === "string") chunks.push(Buffer.from(chunk, encoding as BufferEncoding | undefined));
      if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
      return original(...args);
    };
  }
  return () => Buffer.concat(chunks).toString();
}

/** The same schemas, with no member beside those described. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]));
  if (typeof inner.$ref === "string") return { ...inner, $ref: inner.$ref.replace("#/components/", "#/$defs/") };
  const { type, properties } = inner;
  if (type !== "object" || typeof properties !== "object" || properties === null) return inner;
  if ("openapi" in properties) return inner;
  return { ...inner, additionalProperties: false };
}
