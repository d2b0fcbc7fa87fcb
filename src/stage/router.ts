import express, { type Request, type RequestHandler, type Response, type Router } from "express";

import { note, Problem } from "../api/index.ts";
import type { Tables } from "../eventlog/index.ts";
import { reservedUids } from "../live/index.ts";
import type { Logger } from "../log.ts";
import { rtcToken } from "../providers/index.ts";
import { admit, type Admitted, readClaims } from "./admit.ts";
import type { StageCredentials } from "./credentials.ts";
import { readPageFiles } from "./page-files.ts";
import { pagePolicy } from "./page-policy.ts";
import { refusalPage } from "./refusal-page.ts";
import { createStageTokens } from "./stage-token.ts";
import { readVisit, writeVisit } from "./visit-cookie.ts";
import { bindVisit, endVisit, keepVisit, newVisit, type Visitor } from "./visits.ts";

export interface StageSettings {
  publicUrl: string;
  appId: string;
  appCertificate: string;
  logoUrl: string | null;
  overlayUrl: string | null;
  /** Folder of the built page; by default that of `npm run build`. */
  pageFolder?: string | undefined;
}

export interface StageDeps extends Tables {
  log: Logger;
}

/** Of the token with which the page joins: how far its next try to get one may fail. */
const rtcTokenSeconds = 3_600;
/** So there are 20 minutes of tries, and no deploy can be seen in a film. */
const renewAfterSeconds = 2_400;

/**
 * Where Agora's web recorder opens a channel's page, to be mounted at /stage: the page, the credentials that it asks for,
 * and its signs of life.
 *
 * @throws Error if the page isn't built
 */
export function createStageRouter(settings: StageSettings, deps: StageDeps): Router {
  const { publicUrl, appId, appCertificate, logoUrl, overlayUrl, pageFolder } = settings;
  const { log } = deps;
  const tokens = createStageTokens(appCertificate);
  const page = readPageFiles(pageFolder);
  const headers = pagePolicy([logoUrl, overlayUrl].filter((url) => url !== null));
  const router = express.Router();
  router.use("/-", express.static(page.assets, { index: false, redirect: false, immutable: true, maxAge: "365d" }));

  router
    .route("/:token")
    .get(async (request, response) => {
      try {
        await admit(deps, tokens, request.params.token);
        // Already here, so that a lost answer to the first credentials doesn't keep out who they were for.
        remember(visitorOf(request), request, response);
        response.set(headers).type("html").send(page.html);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refused(error);
        response.status(error.status).set("cache-control", "no-store").type("html").send(refusalPage(error.code));
      }
    })
    .all(only("GET, HEAD"));

  router
    .route("/:token/credentials")
    .post(note({ route: "/stage/{token}/credentials" }), async (request, response) => {
      try {
        const admitted = await admit(deps, tokens, request.params.token);
        response.set("cache-control", "no-store").json(await open(admitted, request, response));
      } catch (error) {
        if (error instanceof Problem) refused(error);
        throw error;
      }
    })
    .all(only("POST"));

  router
    .route("/:token/alive")
    // Every few seconds, and all alike.
    .post(note({ route: "/stage/{token}/alive", isProbe: true }), async (request, response) => {
      answerVisit(response, await keepVisit(deps, readClaims(tokens, request.params.token), visitorOf(request)));
    })
    .all(only("POST"));

  router
    .route("/:token/left")
    .post(note({ route: "/stage/{token}/left" }), async (request, response) => {
      answerVisit(response, await endVisit(deps, readClaims(tokens, request.params.token), visitorOf(request)));
    })
    .all(only("POST"));

  async function open(admitted: Admitted, request: Request, response: Response): Promise<StageCredentials> {
    const visitor = visitorOf(request);
    const bound = await bindVisit(deps, admitted, visitor);
    if (bound === null) throw new Problem("stage_in_use", "This page is open elsewhere: try again in a few seconds.");
    const { channelId, session, attempt, channel } = admitted;
    const facts = { channelId, session, attempt, opening: bound.opening };
    if (bound.how === "opened") log.info(facts, "stage.opened");
    if (bound.how === "taken over") log.warn(facts, "stage.taken_over");
    remember(visitor, request, response);
    const uid = reservedUids(channelId).stage;
    return {
      appId,
      channel: channel.name,
      uid,
      rtcToken: rtcToken({ appId, appCertificate, channel: channel.name, uid, lifetimeSeconds: rtcTokenSeconds }),
      expiresAt: Math.floor(Date.now() / 1000) + rtcTokenSeconds,
      lifetimeSeconds: rtcTokenSeconds,
      renewAfterSeconds,
      opening: bound.opening,
      hostUid: channel.state.hostUid,
      logoUrl,
      overlayUrl,
    };
  }

  function remember({ visit }: Visitor, request: Request, response: Response): void {
    writeVisit(response, visit, `${publicUrl}/stage/${request.params.token as string}`);
  }

  function refused({ code }: Problem): void {
    log.info({ code }, "stage.refused");
  }

  return router;
}

/** @throws {Problem} for any other method */
function only(allow: string): RequestHandler {
  return () => {
    throw new Problem("method_not_allowed", `This address takes ${allow}.`, { headers: { allow } });
  };
}

function visitorOf(request: Request): Visitor {
  const { opening } = request.query;
  const known = typeof opening === "string" && /^\d{1,9}$/.test(opening);
  return { visit: readVisit(request) ?? newVisit(), opening: known ? Number(opening) : null };
}

function answerVisit(response: Response, isTheirs: boolean): void {
  if (!isTheirs) throw new Problem("stage_in_use", "This page is open elsewhere, or its place was given away.");
  response.set("cache-control", "no-store").status(204).end();
}
