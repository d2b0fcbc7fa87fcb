import { Router } from "express";

import { type Handler, operation, write } from "../http/index.ts";
import type { Operation, World } from "../world/index.ts";
import {
  createDestination,
  createPolicy,
  deleteDestination,
  deletePolicy,
  listAlerts,
  listDestinations,
  listPolicies,
  updatePolicy,
} from "./alerting.ts";
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
import { deleteStreamWebhook, getStreamWebhook, putStreamWebhook } from "./stream-webhook.ts";
import { verifyToken } from "./tokens.ts";
import { createSigningKey, deleteVideo, getVideo } from "./videos.ts";

/** Cloudflare's API of Stream Live, Notifications and tokens, as far as Tally uses it. @param world - the present one */
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
  router.get(`${stream}/webhook`, on("streamWebhook.get", getStreamWebhook));
  router.put(`${stream}/webhook`, on("streamWebhook.put", putStreamWebhook));
  router.delete(`${stream}/webhook`, on("streamWebhook.delete", deleteStreamWebhook));
  router.get(`${stream}/:video`, on("videos.get", getVideo));
  router.delete(`${stream}/:video`, on("videos.delete", deleteVideo));
  const alerting = "/accounts/:account/alerting/v3";
  const destinations = `${alerting}/destinations/webhooks`;
  router.get(destinations, on("destinations.list", listDestinations));
  router.post(destinations, on("destinations.create", createDestination));
  router.delete(`${destinations}/:id`, on("destinations.delete", deleteDestination));
  router.get(`${alerting}/policies`, on("policies.list", listPolicies));
  router.post(`${alerting}/policies`, on("policies.create", createPolicy));
  router.put(`${alerting}/policies/:id`, on("policies.update", updatePolicy));
  router.delete(`${alerting}/policies/:id`, on("policies.delete", deletePolicy));
  router.get(`${alerting}/available_alerts`, on("alerts.list", listAlerts));
  router.get("/user/tokens/verify", on("token.verify", verifyToken));
  router.get("/accounts/:account/tokens/verify", on("token.verify", verifyToken));
  router.use((_request, response) => write(response, refusals.noRoute().answer));
  return router;
}
