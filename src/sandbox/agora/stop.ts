import { z } from "zod";

import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { World } from "../world/index.ts";
import { findRecorder } from "./find-recorder.ts";
import { instance } from "./instance.ts";
import { readBody } from "./read-body.ts";
import { refusals } from "./refusals.ts";

/** Agora docs: cloud-recording/rest-api/stop. */
const stopBody = z.strictObject({
  ...instance,
  clientRequest: z.strictObject({ async_stop: z.boolean().default(false) }),
});

/** Stops a recorder: with `async_stop` answers at once, else when the files are uploaded. */
export async function stop(world: World, call: Call): Promise<Answer> {
  const { cname, uid, clientRequest } = readBody(call, "Stop", stopBody);
  const recorder = findRecorder(world, call, { cname, uid });
  const { state, resourceId, sid } = recorder.entry;
  if (state === "stopping") throw refusals.alreadyExiting();
  const { recorded, ended } = recorder.stop();
  if (!recorded) return { status: 206, body: { code: 435, reason: "no recorded data" } };
  if (!clientRequest.async_stop) await ended;
  const uploadingStatus = clientRequest.async_stop ? "unknown" : "uploaded";
  const extensionServiceState = [{ serviceName: "upload_service", payload: { uploadingStatus } }];
  return { status: 200, body: { resourceId, sid, serverResponse: { extensionServiceState }, cname, uid } };
}
