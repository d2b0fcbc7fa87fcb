import type { Call } from "../http/index.ts";
import type { World } from "../world/index.ts";
import { refusals } from "./envelope.ts";

/** Token, account, what the token may do, and rate. */
export function guard(world: World, { headers, params, path }: Call): void {
  const { settings } = world;
  const { accountId, apiToken } = settings.cloudflare;
  const { stream, notifications } = settings.account.permissions;
  if (headers.authorization !== `Bearer ${apiToken}`) throw refusals.badToken();
  if (params.account !== undefined && params.account !== accountId) throw refusals.wrongAccount();
  if (!stream && path.includes("/stream/")) throw refusals.wrongAccount();
  if (!notifications && path.includes("/alerting/")) throw refusals.wrongAccount();
  const retryAfterSeconds = world.rates.takeCloudflareCall();
  if (retryAfterSeconds > 0) throw refusals.rateLimited(retryAfterSeconds);
}
