import type { Call } from "../http/index.ts";
import type { World } from "../world/index.ts";
import { refusals } from "./envelope.ts";

/** Token, account and rate. */
export function guard(world: World, { headers, params }: Call): void {
  const { accountId, apiToken } = world.settings.cloudflare;
  if (headers.authorization !== `Bearer ${apiToken}`) throw refusals.badToken();
  if (params.account !== accountId) throw refusals.wrongAccount();
  const retryAfterSeconds = world.rates.takeCloudflareCall();
  if (retryAfterSeconds > 0) throw refusals.rateLimited(retryAfterSeconds);
}
