import express, { type Router } from "express";

import type { Authentication } from "./auth/authentication.ts";
import { requirePrincipal } from "./auth/require-principal.ts";
import { createRouter, type GuardedRoute } from "./create-router.ts";
import { note } from "./request-log.ts";

/** The figures of this process and of the database. */
export interface FiguresSource {
  contentType: string;
  text: () => Promise<string>;
}

/** `GET /metrics`, for Prometheus: with a key in the header, since a cookie is for the console's page alone. */
export function createFiguresRouter(figures: FiguresSource, { identify }: Pick<Authentication, "identify">): Router {
  const byHeader = requirePrincipal({
    identify: ({ authorization, address }) => identify({ authorization, address, token: undefined }),
  });
  const router = express.Router();
  router.use("/metrics", note({ isProbe: true }), byHeader);
  router.use(createRouter("", figures, figuresRoutes));
  return router;
}

export const figuresRoutes: readonly GuardedRoute<FiguresSource>[] = [
  {
    method: "get",
    path: "/metrics",
    scope: "read",
    keysOnly: true,
    handle: async ({ contentType, text }) => ({
      status: 200,
      headers: { "content-type": contentType },
      text: await text(),
    }),
  },
];
