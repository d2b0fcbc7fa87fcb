import { isDeepStrictEqual } from "node:util";

import { z } from "zod";

import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { Resource, World } from "../world/index.ts";
import { instance } from "./instance.ts";
import { readBody } from "./read-body.ts";
import { refusals } from "./refusals.ts";
import { storageUsed } from "./storage-config.ts";
import { type WebStartRequest, webStartRequest } from "./web-start-request.ts";

/** Agora docs: cloud-recording/rest-api/start. */
const startBody = z.strictObject({ ...instance, clientRequest: webStartRequest });

/** Starts a recorder on a resource that has not been used. */
export function start(world: World, call: Call): Answer {
  const { cname, uid, clientRequest } = readBody(call, "Start", startBody);
  const resource = world.recorders.resource(call.params.resourceid ?? "");
  if (!resource) throw refusals.resourceUnknown();
  if (resource.cname !== cname || resource.uid !== uid) {
    throw refusals.resourceMismatch("Start: cname and uid must be those of the resource ID");
  }
  if (resource.recorder && resource.recorder.entry.state !== "ended") return alreadyStarted(world, resource);
  if (resource.recorder) throw refusals.resourceExpired("Start: the resource ID has been used");
  if (Date.now() - resource.acquiredAt >= world.settings.limits.resourceLifetimeMs) {
    throw refusals.resourceExpired("Start: the resource ID has expired");
  }
  if (resource.scene !== 1) {
    throw refusals.invalidParameter("Start: web page recording needs a resource acquired with scene 1");
  }
  if (resource.startParameter !== undefined && !sameAsDeclared(call, resource)) {
    throw refusals.invalidParameter("Start: clientRequest must be equal to startParameter of acquire");
  }
  if (world.recorders.running().some(({ entry }) => entry.cname === cname && entry.uid === uid)) {
    throw refusals.taskConflict();
  }
  const recorder = world.recorders.start(resource, toOrder(clientRequest));
  return { status: 200, body: { cname, uid, resourceId: resource.id, sid: recorder.entry.sid } };
}

/** Agora docs, status codes: 201 and code 7, without `sid`. */
function alreadyStarted(world: World, { recorder }: Resource): Answer {
  const sid = world.settings.startAnswers201WithSid ? { sid: recorder?.entry.sid } : {};
  return { status: 201, body: { code: 7, reason: "already started", ...sid } };
}

function sameAsDeclared(call: Call, { startParameter }: Resource): boolean {
  const { clientRequest } = JSON.parse(call.text) as { clientRequest: unknown };
  return isDeepStrictEqual(clientRequest, startParameter);
}

function toOrder({ extensionServiceConfig, recordingFileConfig, storageConfig }: WebStartRequest) {
  const services = extensionServiceConfig.extensionServices;
  const page = services.find((service) => service.serviceName === "web_recorder_service");
  const rtmp = services.find((service) => service.serviceName === "rtmp_publish_service");
  if (!page) throw new TypeError("the schema lets no start through without web_recorder_service");
  return {
    rtmpUrl: rtmp?.serviceParam.outputs[0]?.rtmpUrl ?? null,
    onhold: page.serviceParam.onhold,
    maxRecordingHour: page.serviceParam.maxRecordingHour,
    fileNamePrefix: storageConfig.fileNamePrefix,
    fileTypes: recordingFileConfig.avFileType,
    storage: storageUsed(storageConfig),
  };
}
