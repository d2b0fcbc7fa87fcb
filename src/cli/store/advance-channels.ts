import { type AdvanceRules, createAdvance } from "../../engine/index.ts";
import { resolutionOf } from "../../live/index.ts";
import { interpret } from "../../webhooks/index.ts";
import type { Service } from "../with-service.ts";

/** By what the service folds and decides. */
export function rulesOf({ config, log }: Service): AdvanceRules {
  const { policy, relayMode: defaultMode, picture, maxActiveRelays } = config;
  return { policy, defaultMode, resolution: resolutionOf(picture), maxActiveRelays, interpret, log };
}

/**
 * Brings channels up to date with the log after a command has changed it. Provider calls that this leads to are left to
 * the service, which finds them in the database.
 */
export async function advanceChannels(service: Service, channelIds: Iterable<number>): Promise<void> {
  const advance = createAdvance({ ...service.tables, ...rulesOf(service) });
  await Promise.all([...channelIds].map((channelId) => advance.advance(channelId)));
  await advance.idle();
}
