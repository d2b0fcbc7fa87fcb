import type { Call } from "../http/index.ts";
import type { Refused } from "../refused.ts";
import type { World } from "../world/index.ts";
import { hasCredentials } from "./credentials.ts";
import { refusals } from "./refusals.ts";

type Guard = (world: World, call: Call) => void;

/** Credentials, App ID and rate of a Cloud Recording call. */
export const guardRecording = guard(refusals.invalidAppId, ({ rates }) => rates.takeRecordingCall());

/** As `guardRecording`; `acquire` names a wrong App ID in its own way (Agora docs, acquire: `invalid_appid`). */
export const guardAcquire = guard(refusals.invalidAppIdOnAcquire, ({ rates }) => rates.takeRecordingCall());

/** Credentials, App ID and rate of a channel query, which has a rate of its own. */
export const guardChannelQuery = guard(refusals.invalidAppId, ({ rates }) => rates.takeChannelQuery());

/** Credentials alone: the call names no App ID, and its rate is not documented. */
export const guardAccount: Guard = (world, call) => {
  if (!hasCredentials(world, call)) throw refusals.badCredentials();
};

function guard(invalidAppId: () => Refused, take: (world: World) => boolean): Guard {
  return (world, call) => {
    const { agora, limits } = world.settings;
    guardAccount(world, call);
    const { params } = call;
    if (params.appid !== agora.appId) throw invalidAppId();
    if (!take(world)) throw refusals.rateLimited(limits.retryAfterSeconds);
  };
}
