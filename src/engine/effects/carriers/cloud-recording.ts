import type { RtmpUrl, Slot, StorageGrant } from "../../../providers/index.ts";
import { ownError, type Performance, type Scene } from "../performance.ts";
import { type Carrier, type StartScene, unknownId } from "./carrier.ts";
import { recordingOf } from "./recording-of.ts";
import { alreadyRunning, doubtful, notStarted, refusedBefore, started } from "./start-outcomes.ts";

/**
 * Agora Cloud Recording in web-page mode. Acquires a resource, commits it, starts it. The commit between is what makes a
 * killed process harmless: every start that may have been sent has its resource in the log, and the next try starts that
 * one again instead of another.
 */
export const cloudRecordingCarrier: Carrier = {
  async start(scene, rtmpUrl) {
    const { channel, effect, storage, call } = scene;
    // Before the acquire, since Agora wants the start within two seconds of it.
    const granted = await storage.grant({ channelId: channel.id, session: effect.session }, call);
    if (!granted.ok) return notStarted(scene, effect.resourceId, refusedBefore(granted));
    const means = { rtmpUrl, storage: granted.grant };
    const known = effect.resourceId ?? (await scene.freshResource());
    return known === null ? acquireAndStart(scene, means) : startAgain(scene, known, means);
  },

  async query(scene, resourceId) {
    const recording = recordingOf(scene, resourceId);
    return recording === null ? unknownId : scene.cloudRecording.query(recording, scene.call);
  },

  async repoint(scene, resourceId, { rtmpUrl }) {
    const recording = recordingOf(scene, resourceId);
    return recording === null ? unknownId : scene.cloudRecording.updateRtmp({ ...recording, rtmpUrl }, scene.call);
  },

  async stop(scene, resourceId) {
    const recording = recordingOf(scene, resourceId);
    return recording === null ? unknownId : scene.cloudRecording.stop(recording, scene.call);
  },
};

/** What a start needs beside its resource: where to push to, and leave to write the files. */
interface Means {
  rtmpUrl: RtmpUrl;
  storage: StorageGrant;
}

/** Not if it is known to run by now, or nobody wants it any more. */
async function startAgain(scene: StartScene, resourceId: string, means: Means): Promise<Performance> {
  if (!(await scene.isStillWanted())) return { outcomes: [], error: null };
  return doubtful(await start(scene, resourceId, means));
}

async function acquireAndStart(scene: StartScene, means: Means): Promise<Performance> {
  const { effect, channel, cloudRecording, call } = scene;
  const { session, attempt, uid, mode } = effect;
  const slots = await cloudRecording.reservePair();
  const resourceExpiredHour = Math.min(720, recordingHours(scene) + 1);
  const acquired = await cloudRecording.acquire(
    { channel: channel.name, uid, resourceExpiredHour },
    { ...call, slot: slots.acquire },
  );
  if (!acquired.ok) return notStarted(scene, null, { ...acquired, mayRun: false });

  const { resourceId } = acquired;
  await scene.record({ type: "RecorderAcquired", session, attempt, uid, resourceId, mode, ...endOf(means) });
  if (!(await scene.isStillWanted())) {
    const error = ownError("agora", "start", "not wanted any more, before it was sent");
    return notStarted(scene, resourceId, { disposition: "reacquire", mayRun: false, retryAfterMs: null, error });
  }
  return start(scene, resourceId, means, slots.start);
}

async function start(scene: StartScene, resourceId: string, means: Means, slot?: Slot): Promise<Performance> {
  const { effect, channel, cloudRecording, call } = scene;
  const { session, attempt, uid } = effect;
  const answer = await cloudRecording.start(
    {
      channel: channel.name,
      uid,
      resourceId,
      pageUrl: scene.stageUrl({ channel: channel.name, channelId: channel.id, session, attempt }),
      ...means,
      maxRecordingHour: recordingHours(scene),
      picture: scene.picture,
    },
    { ...call, slot },
  );
  if (answer.ok) return started(resourceId, answer.recordingSid, endOf(means));
  if (answer.disposition === "adopt") {
    const { which, recordingSid } = answer;
    return alreadyRunning(scene, resourceId, { which, recordingSid });
  }
  return notStarted(scene, resourceId, { ...answer, disposition: answer.disposition });
}

/** When its keys end, if they do. */
function endOf({ storage: { until } }: Means): { storageUntil?: number } {
  return until === null ? {} : { storageUntil: until };
}

/** Agora takes whole hours, 1 to 720 (Agora docs: start, `maxRecordingHour`). The backstop: we stop it earlier. */
function recordingHours({ maxSessionMs }: Scene): number {
  return Math.min(720, Math.max(1, Math.ceil(maxSessionMs / 3_600_000)));
}
