import { Router } from "express";

import { type Handler, operation, write } from "../http/index.ts";
import type { Operation, World } from "../world/index.ts";
import { refusals } from "./envelope.ts";
import { guard } from "./guard.ts";
import {
  createLiveInput,
  deleteLiveInput,
  getLiveInput,
  listLiveInputs,
  liveInputVideos,
  storageUsage,
  updateLiveInput,
} from "./live-inputs.ts";
import { createSigningKey, deleteVideo, getVideo } from "./videos.ts";

/** Cloudflare's API of Stream Live, as far as Tally uses it. @param world - the present one */
export function cloudflareRoutes(world: () => World): Router {
  const router = Router();
  const stream = "/accounts/:account/stream";
  const one = `${stream}/live_inputs/:uid`;
  const on = (name: Operation, handle: Handler<World>) => operation(name, world, guard, handle);

  router.post(`${stream}/live_inputs`, on("liveInputs.create", createLiveInput));
  router.get(`${stream}/live_inputs`, on("liveInputs.list", listLiveInputs));
  router.get(one, on("liveInputs.get", getLiveInput));
  router.put(one, on("liveInputs.update", updateLiveInput));
  router.delete(one, on("liveInputs.delete", deleteLiveInput));
  router.get(`${one}/videos`, on("liveInputs.videos", liveInputVideos));
  router.get(`${stream}/storage-usage`, on("storageUsage", storageUsage));
  router.post(`${stream}/keys`, on("keys.create", createSigningKey));
  router.get(`${stream}/:video`, on("videos.get", getVideo));
  router.delete(`${stream}/:video`, on("videos.delete", deleteVideo));
  router.use((_request, response) => write(response, refusals.noRoute().answer));
  return router;
}
