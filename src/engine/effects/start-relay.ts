import type { Outcome, RelayStartFailed } from "../../live/index.ts";
import type { RtmpUrl, Slot, StartResult, StorageGrant } from "../../providers/index.ts";
import { type EffectOf, ownError, type Perform, type Performance, type Scene } from "./performance.ts";
import { fetchRtmpUrl } from "./rtmp-url.ts";

type StartScene = Scene<EffectOf<"StartRelay">>;
/** What a start needs beside its resource: where to push to, and leave to write the files. */
interface Means {
  rtmpUrl: RtmpUrl;
  storage: StorageGrant;
}
type Refusal = Pick<RelayStartFailed, "disposition" | "mayRun" | "retryAfterMs" | "error">;

/**
 * Acquires a resource, commits it, starts it. The commit between is what makes a killed process harmless: every start
 * that may have been sent has its resource in the log, and the next try starts that one again instead of another.
 */
export const startRelay: Perform<"StartRelay"> = async (scene) => {
  if (scene.effect.mode !== "cloud-recording") {
    const error = ownError("agora", "start", "Media Push is not available in this version");
    return failed(scene, null, { disposition: "final", mayRun: false, retryAfterMs: null, error });
  }
  const target = await fetchRtmpUrl(scene);
  if (!target.ok) {
    return failed(scene, scene.effect.resourceId, refusedBefore(target), target.gone);
  }
  // Before the acquire, since Agora wants the start within two seconds of it.
  const { channel, effect } = scene;
  const granted = await scene.storage.grant({ channelId: channel.id, session: effect.session }, scene.call);
  if (!granted.ok) return failed(scene, effect.resourceId, refusedBefore(granted));
  const means = { rtmpUrl: target.rtmpUrl, storage: granted.grant };
  const known = scene.effect.resourceId ?? (await scene.freshResource());
  return known === null ? acquireAndStart(scene, means) : startAgain(scene, known, means);
};

/** What failed before anything of this start was sent. */
function refusedBefore({ final, retryAfterMs, error }: Pick<Refusal, "retryAfterMs" | "error"> & { final: boolean }) {
  return { disposition: final ? "final" : "retry", mayRun: false, retryAfterMs, error } as const;
}

/**
 * Not if it is known to run by now, or nobody wants it any more. Whatever this start is answered, the one before it may have been
 * carried out: a refusal proves nothing.
 */
async function startAgain(scene: StartScene, resourceId: string, means: Means): Promise<Performance> {
  if (!(await scene.isStillWanted())) return { outcomes: [], error: null };
  const { outcomes, error } = await start(scene, resourceId, means);
  return {
    outcomes: outcomes.map((told) =>
      told.type === "RelayStartFailed" || told.type === "RecorderAlreadyRunning" ? { ...told, mayRun: true } : told,
    ),
    error,
  };
}

async function acquireAndStart(scene: StartScene, means: Means): Promise<Performance> {
  const { effect, channel, cloudRecording, call } = scene;
  const { session, attempt, uid } = effect;
  const slots = await cloudRecording.reservePair();
  const resourceExpiredHour = Math.min(720, recordingHours(scene) + 1);
  const acquired = await cloudRecording.acquire(
    { channel: channel.name, uid, resourceExpiredHour },
    { ...call, slot: slots.acquire },
  );
  if (!acquired.ok) return failed(scene, null, { ...acquired, mayRun: false });

  const { resourceId } = acquired;
  const mode = "cloud-recording";
  await scene.record({ type: "RecorderAcquired", session, attempt, uid, resourceId, mode, ...endOf(means) });
  if (!(await scene.isStillWanted())) {
    const error = ownError("agora", "start", "not wanted any more, before it was sent");
    return failed(scene, resourceId, { disposition: "reacquire", mayRun: false, retryAfterMs: null, error });
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
  return toPerformance(scene, resourceId, answer, means);
}

function toPerformance(scene: StartScene, resourceId: string, answer: StartResult, means: Means): Performance {
  if (answer.ok) {
    const { recordingSid } = answer;
    return { outcomes: [{ type: "RecorderStartAccepted", resourceId, recordingSid, ...endOf(means) }], error: null };
  }
  if (answer.disposition !== "adopt") return failed(scene, resourceId, { ...answer, disposition: answer.disposition });
  const { session, attempt, uid } = scene.effect;
  const { which, recordingSid } = answer;
  const outcome = { type: "RecorderAlreadyRunning" as const, session, attempt, uid, resourceId, which, recordingSid };
  return { outcomes: [outcome], error: null };
}

/** When its keys end, if they do. */
function endOf({ storage: { until } }: Means): { storageUntil?: number } {
  return until === null ? {} : { storageUntil: until };
}

function failed(
  { effect }: StartScene,
  resourceId: string | null,
  { disposition, mayRun, retryAfterMs, error }: Refusal,
  before: Outcome[] = [],
): Performance {
  const { session, attempt, uid } = effect;
  const outcome = {
    type: "RelayStartFailed" as const,
    session,
    attempt,
    uid,
    resourceId,
    disposition,
    mayRun,
    retryAfterMs,
    error,
  };
  return { outcomes: [...before, outcome], error };
}

/** Agora takes whole hours, 1 to 720 (Agora docs: start, `maxRecordingHour`). The backstop: we stop it earlier. */
function recordingHours({ maxSessionMs }: Scene): number {
  return Math.min(720, Math.max(1, Math.ceil(maxSessionMs / 3_600_000)));
}
