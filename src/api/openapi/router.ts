import type { Router } from "express";

import { createRouter, type Route } from "../create-router.ts";
import { figuresRoutes } from "../figures.ts";
import { healthRoutes } from "../health.ts";
import { v1Routes } from "../v1.ts";
import type { JsonSchema } from "./components.ts";
import { createDocument, type DescribedRoute } from "./document.ts";

/**
 * `GET /openapi.json`: what the API takes and answers, for whoever generates a client or looks it up.
 *
 * @param publicUrl - where the service is reached
 */
export function createOpenApiRouter(publicUrl: string): Router {
  let document: JsonSchema | undefined;
  return createRouter("", { getDocument: () => (document ??= createDocument(describedRoutes, publicUrl)) }, routes);
}

const routes: readonly Route<{ getDocument: () => JsonSchema }>[] = [
  {
    method: "get",
    path: "/openapi.json",
    handle: ({ getDocument }) => Promise.resolve({ status: 200, body: getDocument() }),
  },
];

/** The routes that are for callers of the API: the providers' webhooks and the stage are not. */
export const describedRoutes: readonly DescribedRoute[] = [
  ...v1Routes.map((route) => ({ ...route, path: `/v1${route.path}` })),
  ...healthRoutes,
  ...figuresRoutes,
  ...routes,
];
