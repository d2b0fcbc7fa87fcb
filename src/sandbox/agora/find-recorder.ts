import type { Call } from "../http/index.ts";
import type { Recorder, World } from "../world/index.ts";
import { refusals } from "./refusals.ts";

const hourMs = 3_600_000;

/**
 * The recorder that a call's path names.
 *
 * @param instance - cname and uid of the body, if the call has one
 * @throws Refused as documented: 404 for a task that is unknown, over, or moving to another machine
 */
export function findRecorder(world: World, call: Call, instance?: { cname: string; uid: string }): Recorder {
  const { resourceid = "", sid = "" } = call.params;
  const recorder = world.recorders.bySid(sid);
  if (!recorder) throw refusals.workerNotFound();
  const { entry } = recorder;
  if (entry.resourceId !== resourceid) throw refusals.sidMismatch();
  if (instance && (instance.cname !== entry.cname || instance.uid !== entry.uid)) {
    throw refusals.resourceMismatch("cname and uid must be those of the resource ID");
  }
  if (entry.state === "ended" || entry.state === "migrating") throw refusals.workerNotFound();
  // Agora docs, acquire: resourceExpiredHour counts from the start; the recording goes on, the calls end.
  const resource = world.recorders.resource(resourceid);
  if (resource && Date.now() - entry.startedAt > resource.expiredHours * hourMs) {
    throw refusals.resourceExpired("the resource ID has expired");
  }
  return recorder;
}
