import express, { type Response, type Router } from "express";

import { type Authentication, createConsoleSessionRouter, note, Problem } from "../api/index.ts";
import { readPage } from "./page-files.ts";
import { pagePolicy } from "./page-policy.ts";

export interface ConsoleSettings {
  /** Where the service is reached. */
  publicUrl: string;
  /** What playback links begin with; null: Cloudflare's, by its answer. */
  playbackUrl: string | null;
  /** Folder of the built page; by default that of `npm run build`. */
  pageFolder?: string | undefined;
}

/**
 * The operators' page, to be mounted at /console: a browser signs in, and the page asks /v1 with its cookie. Every address
 * under it that is no file is the page, which knows them apart.
 */
export function createConsoleRouter(
  { publicUrl, playbackUrl, pageFolder }: ConsoleSettings,
  authentication: Authentication,
): Router {
  const { folder, html } = readPage(pageFolder);
  const headers = pagePolicy(playbackUrl);
  const router = express.Router();
  router.use(
    "/session",
    note({ route: "/console/session" }),
    createConsoleSessionRouter({ authentication, publicUrl }),
  );
  // Under names that change with their content.
  router.use("/-", express.static(`${folder}/-`, { index: false, redirect: false, immutable: true, maxAge: "365d" }));
  router.use("/-", () => {
    throw new Problem("not_found", "Nothing has this address.");
  });
  router
    .route("/{*page}")
    .get((_request, response: Response) => {
      response.set(headers).type("html");
      if (html === null) response.status(503).send(notBuilt);
      else response.send(html);
    })
    .all(({ method }) => {
      throw new Problem("method_not_allowed", `${method} is not possible here, only GET, HEAD.`, {
        headers: { allow: "GET, HEAD" },
      });
    });
  return router;
}

const notBuilt = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Tally</title>
  <h1>The console is not built</h1>
  <p>This Tally was started without its page: run <code>npm run build</code>, and start it again.</p>
</html>
`;
