import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { World } from "../world/index.ts";
import { ok, refusals } from "./envelope.ts";

export function getVideo(world: World, call: Call): Answer {
  const { uid, input } = find(world, call);
  return ok(input.videos().find((video) => "uid" in video && video.uid === uid));
}

/** One that is live can't be deleted; the documents don't say. */
export function deleteVideo(world: World, call: Call): Answer {
  const { uid, input } = find(world, call);
  if (!input.removeVideo(uid)) throw refusals.badValue("the video is live");
  return { status: 200 };
}

export function createSigningKey({ signingKeys, clocks }: World): Answer {
  return ok({ ...signingKeys.create(), created: new Date(clocks.cloudflare()).toISOString() });
}

function find({ liveInputs }: World, { params }: Call) {
  const found = liveInputs.findVideo(params.video ?? "");
  if (found === null) throw refusals.notFound();
  return { uid: found.video.uid, input: found.input };
}
