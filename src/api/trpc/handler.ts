import { createExpressMiddleware } from "@trpc/server/adapters/express";
import type { RequestHandler } from "express";

import type { Api } from "../api.ts";
import type { Authentication } from "../auth/authentication.ts";
import { bodyLimitBytes } from "../json-body.ts";
import { noteOn } from "../request-log.ts";
import { problemOf } from "./problem-shape.ts";
import { appRouter } from "./router.ts";

/** Calls of one request. */
const batchMost = 20;

/**
 * tRPC, to be mounted at /trpc. Whoever calls is authenticated as for REST, once for all calls of a batch; a subscription,
 * which sends no headers from a browser, may have its token in `connectionParams`.
 */
export function createTrpcHandler(api: Api, authentication: Authentication): RequestHandler {
  const answer = createExpressMiddleware({
    router: appRouter,
    maxBodySize: bodyLimitBytes,
    maxBatchSize: batchMost,
    async createContext({ req, res, info }) {
      noteOn(res, { route: routeOf(info.calls) });
      // As every stream: its connection is over with it, so that no process that stops is asked again by it.
      if (info.type === "subscription") res.set("connection", "close");
      const token = req.query.token ?? info.connectionParams?.token;
      const principal = await authentication.identify({
        authorization: req.get("authorization"),
        token,
        address: req.ip,
      });
      noteOn(res, { principal: principal.name });
      return { api, principal, response: res, requestId: res.get("x-request-id") };
    },
    onError({ error, req, ctx }) {
      const { code, why, status, cause } = problemOf(error, ctx?.requestId);
      const facts = { code, ...(why === undefined ? {} : { why }), ...(status < 500 ? {} : { err: cause ?? error }) };
      if (req.res !== undefined) noteOn(req.res, facts);
    },
    responseMeta({ errors, ctx }) {
      const headers = Object.assign({}, ...errors.map((error) => problemOf(error, ctx?.requestId).headers)) as Headers;
      return { headers };
    },
  });
  return (request, response, next) => {
    response.set({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
    void answer(request, response, next);
  };
}

type Headers = Record<string, string>;

/** Only names that there are: anything could be in an address. */
function routeOf(calls: readonly { path: string }[]): string {
  const known = calls.map(({ path }) => (Object.hasOwn(appRouter._def.procedures, path) ? path : "?"));
  return `/trpc/${[...new Set(known)].join(",")}`;
}
