import { z } from "zod";

import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { World } from "../world/index.ts";
import { findRecorder } from "./find-recorder.ts";
import { instance } from "./instance.ts";
import { readBody } from "./read-body.ts";
import { refusals } from "./refusals.ts";
import { storageConfig, storageUsed } from "./storage-config.ts";
import { rtmpOutputs } from "./web-start-request.ts";

/** Agora docs: cloud-recording/rest-api/update, web mode. */
const updateBody = z.strictObject({
  ...instance,
  clientRequest: z
    .strictObject({
      webRecordingConfig: z.strictObject({ onhold: z.boolean() }).optional(),
      rtmpPublishConfig: z.strictObject({ outputs: rtmpOutputs }).optional(),
      storageConfig: storageConfig.optional(),
    })
    .refine((request) => Object.keys(request).length > 0, { error: "there is nothing to update" }),
});

/** Pauses, resumes or re-points a recorder, or gives it other storage credentials. */
export function update(world: World, call: Call): Answer {
  const { cname, uid, clientRequest } = readBody(call, "Update", updateBody);
  const recorder = findRecorder(world, call, { cname, uid });
  const { state, resourceId, sid } = recorder.entry;
  if (state === "stopping") throw refusals.alreadyExiting();
  const { webRecordingConfig, rtmpPublishConfig, storageConfig } = clientRequest;
  const output = rtmpPublishConfig?.outputs[0];
  if (output && !recorder.push) {
    throw refusals.invalidParameter("Update: this recording was started without rtmp_publish_service");
  }
  if (webRecordingConfig) recorder.setOnhold(webRecordingConfig.onhold);
  if (output) recorder.repoint(output.rtmpUrl);
  if (storageConfig) recorder.changeStorage(storageUsed(storageConfig));
  return { status: 200, body: { cname, uid, resourceId, sid } };
}
