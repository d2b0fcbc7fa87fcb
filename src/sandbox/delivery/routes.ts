import { Router } from "express";

import { type Handler, operation, reply, write } from "../http/index.ts";
import type { Operation, World } from "../world/index.ts";
import { guardManifest, guardQuestion } from "./guard.ts";
import { getDash, getLifecycle, getMaster, getMedia, getPlayer, getStream, getViews } from "./handlers.ts";
import { refusals } from "./refusals.ts";

/**
 * The host that viewers watch at, `customer-{code}.cloudflarestream.com`, below `/delivery/{code}`. What players ask for
 * again and again is not in the record.
 *
 * @param world - the present one
 */
export function deliveryRoutes(world: () => World): Router {
  const router = Router();
  const one = "/:code/:id";
  const recorded = (name: Operation, guard: typeof guardManifest, handle: Handler<World>) =>
    operation(name, world, guard, handle);
  const unrecorded = (guard: typeof guardManifest, handle: Handler<World>) => reply(world, guard, handle);

  router.use((request, response, next) => {
    response.set({ "access-control-allow-origin": "*", "cache-control": "no-store" });
    if (request.method !== "OPTIONS") {
      next();
      return;
    }
    response.set({ "access-control-allow-methods": "GET, HEAD, OPTIONS", "access-control-allow-headers": "*" });
    response.status(204).end();
  });
  router.use("/:code", (request, response, next) => {
    if (request.params.code === world().settings.cloudflare.customerCode) next();
    else write(response, refusals.notFound().answer);
  });
  router.get(`${one}/manifest/video.m3u8`, recorded("playback.manifest", guardManifest, getMaster));
  router.get(`${one}/manifest/video.mpd`, recorded("playback.manifest", guardManifest, getDash));
  router.get(`${one}/lifecycle`, recorded("playback.lifecycle", guardQuestion, getLifecycle));
  router.get(`${one}/views`, recorded("playback.views", guardQuestion, getViews));
  router.get(`${one}/manifest/:file`, unrecorded(guardManifest, getStream));
  router.get(`${one}/media/:file`, unrecorded(openToAll, getMedia));
  router.get(`${one}/thumbnails/:file`, unrecorded(openToAll, getMedia));
  router.get(`${one}/iframe`, unrecorded(openToAll, getPlayer));
  router.use((_request, response) => write(response, refusals.notFound().answer));
  return router;
}

function openToAll(): void {
  // Files and the player's page: of these no refusal was ever told.
}
