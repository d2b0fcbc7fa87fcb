import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { Recorder, World } from "../world/index.ts";
import { findRecorder } from "./find-recorder.ts";

/** Agora docs, query: 2 the recorder starts, 4 it is ready (so in the sample of a running push), 6 it stops. */
const statusNumbers = { starting: 2, recording: 4, migrating: 4, stopping: 6, ended: 8 } as const;

/** How a recorder is (Agora docs: cloud-recording/rest-api/query, web mode). */
export function query(world: World, call: Call): Answer {
  return { status: 200, body: describe(findRecorder(world, call)) };
}

function describe(recorder: Recorder): object {
  const { entry, push, onhold } = recorder;
  const { cname, uid, resourceId, sid } = entry;
  const state = entry.state === "starting" ? "init" : "inProgress";
  const pushService = push && {
    serviceName: "rtmp_publish_service",
    payload: { state, outputs: [{ rtmpUrl: push.url, status: push.status }] },
  };
  return {
    cname,
    uid,
    resourceId,
    sid,
    serverResponse: {
      status: statusNumbers[entry.state],
      extensionServiceState: [
        { serviceName: "web_recorder_service", payload: { state, onhold, fileList: recorder.files() } },
        ...(pushService ? [pushService] : []),
      ],
    },
  };
}
