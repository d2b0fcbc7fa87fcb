import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { LiveInput, World } from "../world/index.ts";
import { describeLiveInput, listLiveInput } from "./describe-live-input.ts";
import { ok, refusals } from "./envelope.ts";
import { readLiveInput } from "./live-input-body.ts";

export function createLiveInput(world: World, call: Call): Answer {
  return ok(describeLiveInput(world.liveInputs.create(readLiveInput(call)), world));
}

export function getLiveInput(world: World, call: Call): Answer {
  return ok(describeLiveInput(find(world, call), world));
}

/** All at once: the documents know no pages here. */
export function listLiveInputs(world: World): Answer {
  const liveInputs = world.liveInputs.list();
  return ok({ liveInputs: liveInputs.map(listLiveInput), range: liveInputs.length, total: liveInputs.length });
}

/** Members that are left out stay as they were. Disabling ends a running broadcast. */
export function updateLiveInput(world: World, call: Call): Answer {
  const input = find(world, call);
  input.config = readLiveInput(call, input.config);
  input.modifiedAt = world.clocks.cloudflare();
  if (!input.config.enabled) input.cut();
  return ok(describeLiveInput(input, world));
}

export function deleteLiveInput(world: World, call: Call): Answer {
  world.liveInputs.remove(find(world, call));
  return { status: 200 };
}

/** One video for each broadcast, newest first. */
export function liveInputVideos(world: World, call: Call): Answer {
  const videos = find(world, call).videos();
  return ok(world.settings.videos.list === "array" ? videos : { videos });
}

export function storageUsage({ settings, liveInputs }: World): Answer {
  const videoCount = liveInputs.list().reduce((count, input) => count + input.videos().length, 0);
  const { usedMinutes, limitMinutes } = settings.storage;
  return ok({ totalStorageMinutes: usedMinutes, totalStorageMinutesLimit: limitMinutes, videoCount });
}

function find(world: World, call: Call): LiveInput {
  const input = world.liveInputs.get(call.params.uid ?? "");
  if (!input) throw refusals.notFound();
  return input;
}
