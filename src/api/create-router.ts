import type { IncomingHttpHeaders } from "node:http";

import express, { type Request, type Response, type Router } from "express";

import { noTraces, type Traces } from "../traces/index.ts";
import { type Answer, send } from "./answer.ts";
import { type Access, authorize } from "./authorize.ts";
import { type Principal, principalOf } from "./principal.ts";
import { Problem } from "./problem.ts";
import { noteOn } from "./request-log.ts";
import { traceRequest } from "./trace-request.ts";

/** One line of a table of routes; without a scope, anybody may call. */
export interface Route<Context> extends Partial<Access> {
  method: "get" | "put" | "post" | "patch" | "delete";
  /** As OpenAPI writes it: `/channels/{name}`. */
  path: string;
  handle: Handler<Context>;
}

/** A route behind authentication. */
export type GuardedRoute<Context> = Route<Context> & Access;

/** Answers a request, or throws a `Problem`. */
export type Handler<Context> = (context: Context, call: Call) => Promise<Answer>;

/** A request as handlers see it. */
export interface Call {
  params: Record<string, string>;
  /** Text by name; a list where a name came twice. */
  query: unknown;
  headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined if there was none. */
  body: unknown;
  /** Who calls. @throws if the route is not behind authentication */
  principal: () => Principal;
}

/**
 * Makes a router of a table. A path of the table asked with a method that it hasn't is answered 405.
 *
 * @param base - where the router will be mounted, for the log
 * @param traces - requests that change something are traced by
 */
export function createRouter<Context>(
  base: string,
  context: Context,
  routes: readonly Route<Context>[],
  traces: Traces = noTraces,
): Router {
  const router = express.Router();
  for (const path of new Set(routes.map((route) => route.path))) {
    const place = router.route(path.replace(/\{(\w+)\}/g, ":$1"));
    place.all((_request, response, next) => {
      noteOn(response, { route: base + path });
      next();
    });
    const ofPath = routes.filter((route) => route.path === path);
    for (const { method, handle, scope, ...access } of ofPath) {
      place[method](async (request, response) => {
        const call = toCall(request, response);
        if (scope !== undefined) authorize(call.principal(), { scope, ...access });
        const answer = () => handle(context, call);
        send(response, await (method === "get" ? answer() : traceRequest(traces, response, base + path, answer)));
      });
    }
    const allow = ofPath
      .flatMap(({ method }) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]))
      .join(", ");
    place.all((request) => {
      throw new Problem("method_not_allowed", `${request.method} is not possible here, only ${allow}.`, {
        headers: { allow },
      });
    });
  }
  return router;
}

function toCall({ params, query, headers, body }: Request, response: Response): Call {
  const texts = Object.entries(params).map(([name, value]) => [name, String(value)] as const);
  return { params: Object.fromEntries(texts), query, headers, body, principal: () => principalOf(response) };
}
