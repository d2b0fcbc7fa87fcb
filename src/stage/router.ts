import express, { type Router } from "express";

/**
 * Where Agora's web recorder opens a channel's page, to be mounted at /stage. This version has no page: whatever the
 * token, the answer is 501.
 */
export function createStageRouter(): Router {
  const router = express.Router();
  router.all("/:token", (_request, response) => {
    response.status(501).set(headers).send(JSON.stringify(notImplemented));
  });
  return router;
}

const headers = {
  "content-type": "application/problem+json",
  // The address is a credential: it must stay in no cache. Nor in another site's log, for which the headers of all
  // pages see (`page-headers.ts`).
  "cache-control": "no-store",
};

/** RFC 9457, with a stable `code`. */
const notImplemented = {
  type: "about:blank",
  title: "Not Implemented",
  status: 501,
  code: "not_implemented",
  detail: "This version of Tally has no stage page.",
};
