import type { RequestHandler } from "express";

import { setPrincipal } from "../principal.ts";
import { noteOn } from "../request-log.ts";
import type { Authentication } from "./authentication.ts";

/** Lets only callers pass whom we know. */
export function requirePrincipal({ identify }: Authentication): RequestHandler {
  return async (request, response, next) => {
    const { token } = request.query;
    const principal = await identify({ authorization: request.get("authorization"), token, address: request.ip });
    setPrincipal(response, principal);
    noteOn(response, { principal: principal.name });
    next();
  };
}
