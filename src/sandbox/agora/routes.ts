import { Router } from "express";

import { type Call, type Handler, operation, write } from "../http/index.ts";
import type { Operation, World } from "../world/index.ts";
import { acquire } from "./acquire.ts";
import { channelList, channelUser } from "./channel-queries.ts";
import { guardAccount, guardAcquire, guardChannelQuery, guardRecording } from "./guards.ts";
import { mediaPushRoutes } from "./media-push/index.ts";
import { ncsIp } from "./ncs-ip.ts";
import { query } from "./query.ts";
import { refusals } from "./refusals.ts";
import { start } from "./start.ts";
import { stop } from "./stop.ts";
import { update } from "./update.ts";

/** Agora's REST API, as far as Tally uses it. @param world - the present one */
export function agoraRoutes(world: () => World): Router {
  const router = Router();
  const recording = "/v1/apps/:appid/cloud_recording";
  const task = `${recording}/resourceid/:resourceid/sid/:sid/mode/web`;
  const channelUsers = "/dev/v1/channel/user/:appid/:channelName";

  const on = (name: Operation, guard: (world: World, call: Call) => void, handle: Handler<World>) =>
    operation(name, world, guard, handle);

  router.post(`${recording}/acquire`, on("acquire", guardAcquire, acquire));
  router.post(`${recording}/resourceid/:resourceid/mode/web/start`, on("start", guardRecording, start));
  router.get(`${task}/query`, on("query", guardRecording, query));
  router.post(`${task}/update`, on("update", guardRecording, update));
  router.post(`${task}/stop`, on("stop", guardRecording, stop));
  router.get([channelUsers, `${channelUsers}/hosts_only`], on("channelUser", guardChannelQuery, channelUser));
  router.get("/dev/v1/channel/:appid", on("channelList", guardChannelQuery, channelList));
  router.get("/v2/ncs/ip", on("ncsIp", guardAccount, ncsIp));
  router.use(mediaPushRoutes(world));
  router.use((_request, response) => write(response, refusals.noRoute().answer));
  return router;
}
