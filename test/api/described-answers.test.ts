import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { statusExample } from "../../src/api/openapi/examples.ts";
import { Problem, type ProblemCode } from "../../src/api/problem.ts";
import { checkAnswers } from "./described-answers.ts";

/** What is wrong with an answer to GET of a path. */
async function wrongWith(path: string, listener: RequestListener): Promise<string[]> {
  const { listener: checked, wrong } = checkAnswers(listener);
  const server = createServer(checked).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const answered = once(server, "request") as Promise<[unknown, ServerResponse]>;
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  await answer.text();
  const [, response] = await answered;
  if (!response.closed) await once(response, "close");
  return wrong;
}

function answers(status: number, body: unknown, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) => {
    response.statusCode = status;
    response.setHeaders(new Headers({ "content-type": "application/json", "x-request-id": "a", ...headers }));
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
}

function refuses(code: ProblemCode): RequestListener {
  const problem = new Problem(code, "No.");
  return answers(problem.status, problem.toBody(), { "content-type": "application/problem+json" });
}

const tagged = { etag: '"121"' };
const { live: _live, ...withoutLive } = statusExample;
const streamed: RequestListener = (_request, response) => {
  response.setHeader("content-type", "text/event-stream; charset=utf-8");
  response.write(`: hello\n\nid: 1\ndata: ${JSON.stringify(statusExample)}\n\n`);
  response.end(`id: 2\ndata: ${JSON.stringify(withoutLive)}\n\n`);
};

it.each<[string, string, RequestListener, RegExp | null]>([
  ["a status", "/v1/channels/shop/status", answers(200, statusExample, tagged), null],
  ["a path in other letters", "/V1/channels/shop/STATUS/", answers(200, statusExample, tagged), null],
  ["a described problem", "/v1/channels/shop/status", refuses("channel_unknown"), null],
  ["a refusal of what isn't there", "/v1/nothing", refuses("not_found"), null],
  ["what isn't the API's", "/stage/x", answers(200, "anything"), null],
  ["a header that is missing", "/v1/channels/shop/status", answers(200, statusExample), /has no ETag/],
  ["one that a problem needs", "/v1/channels/shop/status", refuses("too_many_failures"), /has no Retry-After/],
  ["another status", "/v1/channels/shop/status", answers(202, statusExample), /no status of its description/],
  ["a member that is missing", "/v1/channels/shop/status", answers(200, withoutLive, tagged), /'live'/],
  ["a member too many", "/v1/channels/shop/status", answers(200, { ...statusExample, x: 1 }, tagged), /additional/],
  [
    "a time that is none",
    "/v1/channels/shop/status",
    answers(200, { ...statusExample, liveAt: "now" }, tagged),
    /liveAt/,
  ],
  ["a body where none belongs", "/v1/channels/shop", refuses("endpoint_unknown"), /endpoint_unknown is no problem/],
  ["another type", "/v1/channels/shop", answers(200, {}, { "content-type": "text/html" }), /of the type "text\/html"/],
  ["JSON for a problem", "/v1/nothing", answers(404, { code: "not_found" }), /no problem document/],
  ["a broken problem", "/v1/nothing", answers(404, {}, { "content-type": "application/problem+json" }), /Problem/],
  ["an event of a stream", "/v1/channels/shop/status/stream", streamed, /'live'/],
])("tells %s", async (_what, path, listener, expected) => {
  const wrong = await wrongWith(path, listener);
  expect(wrong.join("\n")).toMatch(expected ?? /^$/);
});
