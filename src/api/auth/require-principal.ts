import type { RequestHandler } from "express";

import { setPrincipal } from "../principal.ts";
import { noteOn } from "../request-log.ts";
import type { Authentication } from "./authentication.ts";
import { readSession } from "./session-cookie.ts";

/** Lets only callers pass whom we know. */
export function requirePrincipal({ identify }: Pick<Authentication, "identify">): RequestHandler {
  return async (request, response, next) => {
    const { token } = request.query;
    const authorization = request.get("authorization");
    const principal = await identify({ authorization, token, session: readSession(request), address: request.ip });
    setPrincipal(response, principal);
    noteOn(response, { principal: principal.name });
    next();
  };
}
