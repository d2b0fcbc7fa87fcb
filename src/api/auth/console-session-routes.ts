import express, { type Request, type RequestHandler, type Router } from "express";
import { z } from "zod";

import { type Answer, send } from "../answer.ts";
import { readJsonBody } from "../json-body.ts";
import type { Principal } from "../principal.ts";
import { Problem } from "../problem.ts";
import { readInput } from "../read-input.ts";
import { noteOn } from "../request-log.ts";
import type { Authentication } from "./authentication.ts";
import { isFromOurPage, readSession, sessionCookie } from "./session-cookie.ts";

export interface ConsoleSessionOptions {
  authentication: Authentication;
  /** Where the service is reached: over https its cookies are sent over nothing else. */
  publicUrl: string;
}

/** With which a page of ours signs its browser in and out, to be mounted at /console/session. */
export function createConsoleSessionRouter({ authentication, publicUrl }: ConsoleSessionOptions): Router {
  const isSecure = new URL(publicUrl).protocol === "https:";
  const router = express.Router();
  router
    .route("/")
    .post(readJsonBody, async (request, response) => {
      assertOurs(request);
      const { key } = readInput(signIn, request.body);
      const { token, principal } = await authentication.signIn({ key, address: request.ip });
      noteOn(response, { principal: principal.name });
      send(response, withCookie(200, token, principal));
    })
    .get(async (request, response) => {
      const session = readSession(request);
      const credentials = { authorization: undefined, token: undefined, session, address: request.ip };
      const principal = await authentication.identify(credentials);
      noteOn(response, { principal: principal.name });
      send(response, { status: 200, body: toSession(principal) });
    })
    .delete((request, response) => {
      assertOurs(request);
      send(response, { status: 204, headers: { "set-cookie": sessionCookie("", { expiresAt: 0, isSecure }) } });
    })
    .all(onlyThese);

  function withCookie(status: number, token: string, principal: Principal): Answer {
    const cookie = sessionCookie(token, { expiresAt: principal.expiresAt ?? 0, isSecure });
    return { status, headers: { "set-cookie": cookie }, body: toSession(principal) };
  }

  return router;
}

const signIn = z.strictObject({ key: z.string("must be text").min(1, "must not be empty") }, "must be a JSON object");

function toSession({ name, scope, expiresAt }: Principal) {
  return { name, scope, expiresAt: new Date(expiresAt ?? 0).toISOString() };
}

/** Else another page could sign a browser in as somebody else, or out. @throws {Problem} `forbidden` */
function assertOurs(request: Request): void {
  if (isFromOurPage(request)) return;
  throw new Problem("forbidden", "This is for the console's page; elsewhere send the key with each request.");
}

const onlyThese: RequestHandler = ({ method }) => {
  throw new Problem("method_not_allowed", `${method} is not possible here, only GET, HEAD, POST, DELETE.`, {
    headers: { allow: "GET, HEAD, POST, DELETE" },
  });
};
