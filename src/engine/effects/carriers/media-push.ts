import { hostsShown } from "../../../live/index.ts";
import type { ConverterState, QueryResult, Refused, RtmpUrl } from "../../../providers/index.ts";
import { ownError, type Performance, type Scene } from "../performance.ts";
import type { Carrier, StartScene } from "./carrier.ts";
import { alreadyRunning, doubtful, notStarted, started } from "./start-outcomes.ts";

/**
 * Agora Media Push. A converter has the name that we give it, and Agora makes no second one of that name: it is committed
 * before it is sent, and whatever became of the call, the name finds the converter again.
 */
export const mediaPushCarrier: Carrier = {
  async start(scene, rtmpUrl) {
    const { effect } = scene;
    const known = effect.resourceId ?? (await scene.freshResource());
    if (known === null) return createFirst(scene, rtmpUrl);
    if (!(await scene.isStillWanted())) return { outcomes: [], error: null };
    return doubtful(await create(scene, known, rtmpUrl, scene.state.recorders[known]?.layout?.shown));
  },

  async query(scene, resourceId) {
    const found = await converterOf(scene, resourceId);
    if (!found.ok) return found;
    if (found.converterId === null) return notFound;
    const answer = await scene.mediaPush.get(found.converterId, scene.call);
    if (!answer.ok) return answer;
    return answer.found === "exists" ? { ok: true, found: "running", rtmp: rtmpOf(answer.state) } : notFound;
  },

  async repoint(scene, resourceId, { rtmpUrl, sequence }) {
    const found = await converterOf(scene, resourceId);
    if (!found.ok) return found;
    if (found.converterId === null) return missing("update_converter");
    return scene.mediaPush.updateRtmp({ converterId: found.converterId, sequence, rtmpUrl }, scene.call);
  },

  async stop(scene, resourceId) {
    const found = await converterOf(scene, resourceId);
    if (!found.ok) return found;
    const { converterId } = found;
    if (converterId !== null) return scene.mediaPush.remove(converterId, scene.call);
    return { ok: true, outcome: "not_found", error: missing("remove_converter").error };
  },
};

const notFound: QueryResult = { ok: true, found: "not_found", rtmp: null };

function missing(operation: string) {
  const error = ownError("agora", operation, "Agora lists no converter of this name");
  return { ok: false as const, retryAfterMs: null, error };
}

/** By its id; as long as that isn't known, by its name. */
async function converterOf(
  { channel, state, mediaPush, call }: Scene,
  resourceId: string,
): Promise<{ ok: true; converterId: string | null } | Refused> {
  const converterId = state.recorders[resourceId]?.recordingSid ?? null;
  if (converterId !== null) return { ok: true, converterId };
  const found = await mediaPush.find(channel.name, resourceId, call);
  return found.ok ? { ok: true, converterId: found.converter?.converterId ?? null } : found;
}

/** A converter's state says how its push is (Agora docs: media-push, converter `state`). */
function rtmpOf(state: ConverterState | null) {
  switch (state) {
    case "connecting":
      return "connecting";
    case "running":
      return "publishing";
    case "failed":
      return "disconnected";
    case null:
      return null;
  }
}

async function createFirst(scene: StartScene, rtmpUrl: RtmpUrl): Promise<Performance> {
  const { effect, channel, state } = scene;
  const { session, attempt, uid, mode } = effect;
  const name = `tally-${channel.id}-${session}-${attempt}`;
  const hosts = hostsShown(state);
  await scene.record({ type: "RecorderAcquired", session, attempt, uid, resourceId: name, mode, hosts });
  if (!(await scene.isStillWanted())) {
    const error = ownError("agora", "create_converter", "not wanted any more, before it was sent");
    return notStarted(scene, name, { disposition: "reacquire", mayRun: false, retryAfterMs: null, error });
  }
  return create(scene, name, rtmpUrl, hosts);
}

async function create(
  scene: StartScene,
  name: string,
  rtmpUrl: RtmpUrl,
  hosts = hostsShown(scene.state),
): Promise<Performance> {
  const { channel, picture, mediaPush, call } = scene;
  const answer = await mediaPush.create({ channel: channel.name, name, rtmpUrl, picture, hosts }, call);
  if (answer.ok) return started(name, answer.converterId);
  switch (answer.disposition) {
    case "exists":
      return adopt(scene, name, answer);
    case "rename":
      return notStarted(scene, name, { ...answer, disposition: "reacquire" });
    default:
      return notStarted(scene, name, { ...answer, disposition: answer.disposition });
  }
}

/** The name is ours, so the converter is. One that is not listed yet, or not any more, is asked for again. */
async function adopt(
  scene: StartScene,
  name: string,
  { error, retryAfterMs }: { error: Performance["error"] & object; retryAfterMs: number | null },
): Promise<Performance> {
  const found = await scene.mediaPush.find(scene.channel.name, name, scene.call);
  const refusal = { disposition: "retry", mayRun: true, retryAfterMs, error } as const;
  if (!found.ok) return notStarted(scene, name, { ...refusal, ...found });
  if (found.converter === null) return notStarted(scene, name, refusal);
  return alreadyRunning(scene, name, { which: "this_resource", recordingSid: found.converter.converterId });
}
