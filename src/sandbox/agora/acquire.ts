import { z } from "zod";

import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { World } from "../world/index.ts";
import { instance } from "./instance.ts";
import { readBody } from "./read-body.ts";
import { refusals } from "./refusals.ts";
import { webStartRequest } from "./web-start-request.ts";

/** Agora docs: cloud-recording/rest-api/acquire. */
const acquireBody = z.strictObject({
  ...instance,
  clientRequest: z.strictObject({
    scene: z.literal([0, 1]).default(0),
    resourceExpiredHour: z.number().int().min(1).max(720).default(72),
    region: z.enum(["CN", "AP", "EU", "NA"]).optional(),
    excludeResourceIds: z.array(z.string()).optional(),
    startParameter: z.unknown().optional(),
  }),
});

/** Gives a resource id for one start. */
export function acquire(world: World, call: Call): Answer {
  const { cname, uid, clientRequest } = readBody(call, "Acquire", acquireBody);
  const { scene, resourceExpiredHour, startParameter } = clientRequest;
  const bytes = Buffer.byteLength(cname);
  if (bytes === 0 || bytes > 1024) throw refusals.invalidChannelName();
  if (startParameter !== undefined && !webStartRequest.safeParse(startParameter).success) {
    throw refusals.invalidParameter("Acquire: invalid startParameter value!");
  }
  if (world.recorders.running().length >= world.settings.limits.runningRecorders) throw refusals.overloaded();
  const resource = world.recorders.acquire({ cname, uid, scene, expiredHours: resourceExpiredHour, startParameter });
  return { status: 200, body: { cname, uid, resourceId: resource.id } };
}
