import { linkSettingsOf } from "../../config/index.ts";
import { createPlaybackLinks, type PlaybackLinks } from "../../playback/index.ts";
import type { Service } from "../with-service.ts";

/** Makes links that a viewer can use, as the service does. */
export function linksOf({ config, log }: Pick<Service, "config" | "log">): PlaybackLinks {
  return createPlaybackLinks(linkSettingsOf(config), { log });
}
