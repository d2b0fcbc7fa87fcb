import type { Call } from "../../http/index.ts";
import type { World } from "../../world/index.ts";
import { hasCredentials } from "../credentials.ts";
import { refusals } from "./refusals.ts";

/** What a rate is counted by (Agora docs, API call rate limits). */
export type Limit = "project" | "converter" | "update";

const regions = ["cn", "ap", "na", "eu"];

/** Credentials, project, region and rate of a Media Push call. An unknown project is one without Media Push. */
export function guardConverters(name: string, limit: Limit): (world: World, call: Call) => void {
  return (world, call) => {
    const { settings, rates } = world;
    const { appid, region, converterId = "" } = call.params;
    const { enabled, callsPerSecond, updatesPerSecond } = settings.converters;
    const refuse = refusals(world);
    if (!hasCredentials(world, call)) throw refuse.badCredentials();
    if (!enabled || appid !== settings.agora.appId) throw refuse.notEnabled();
    if (region !== undefined && !regions.includes(region)) {
      throw refuse.invalid("region", `must be one of ${regions.join(", ")}, in lower case`);
    }
    const of = limit === "project" ? name : `${name} ${converterId}`;
    if (!rates.takeConverterCall(of, limit === "update" ? updatesPerSecond : callsPerSecond)) {
      throw refuse.rateLimited();
    }
  };
}
