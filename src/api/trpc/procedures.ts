import { initTRPC } from "@trpc/server";
import type { Response } from "express";

import { noTraces } from "../../traces/index.ts";
import type { Api } from "../api.ts";
import { type Access, authorize } from "../authorize.ts";
import type { Principal } from "../principal.ts";
import { traceRequest } from "../trace-request.ts";
import { problemOf, toShape } from "./problem-shape.ts";

/** What the procedures of one request work with. */
export interface Context {
  api: Api;
  principal: Principal;
  /** That a subscription is written to. */
  response: Response;
  requestId: string | undefined;
}

const trpc = initTRPC.context<Context>().create({
  // Else an error would carry its stack.
  isDev: false,
  errorFormatter: ({ error, ctx, path }) => toShape(problemOf(error, ctx?.requestId), path),
  sse: {
    // Proxies end what is silent, often after 60 s.
    ping: { enabled: true, intervalMs: 15_000 },
    client: { reconnectAfterInactivityMs: 45_000 },
  },
});

export const { router } = trpc;

/** A procedure for those who may, as a route of REST. */
export function guarded(access: Access) {
  return trpc.procedure.use(({ ctx, next, type, path }) => {
    authorize(ctx.principal, access);
    if (type !== "mutation") return next();
    return traceRequest(ctx.api.traces ?? noTraces, ctx.response, `/trpc/${path}`, next);
  });
}
